import { setTimeout as wait } from 'node:timers/promises';

import { AwsFleet } from '../../src/adapters/aws/fleet.ts';
import { openAwsWorld } from '../../src/adapters/aws/world.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import type { ObjectStore } from '../../src/bus/store.ts';

/** One look at a fleet. */
export interface Sample {
  /** Since the watch began. */
  readonly seconds: number;
  readonly waiting: number;
  readonly inFlight: number;
  readonly running: number;
  readonly photos: number;
  readonly results: number;
}

export interface Watch {
  readonly samples: readonly Sample[];
  /** Resolves when a look shows this. */
  until(holds: (sample: Sample) => boolean): Promise<void>;
  /** Ends the watch, and prints what it saw. */
  stop(title: string): Promise<void>;
}

const LOOK_EVERY_MS = 1000;

/** What lies beside photos and results: file names have no slash in their keys (`object-key.ts`). */
const isBeside = (key: string): boolean => key.includes('/');

/** Looks at a fleet's queue, instances and buckets until stopped. */
export async function watchFleet(name: string): Promise<Watch> {
  const world = await openAwsWorld({
    requestQueue: `${name}-req-queue`,
    responseQueue: `${name}-resp-queue`,
    eventsQueue: `${name}-events-queue`,
    inputBucket: `${name}-in-bucket`,
    outputBucket: `${name}-out-bucket`,
    galleryBucket: `${name}-gallery-bucket`,
  });
  const fleet = new AwsFleet({ ec2: world.clients.ec2, name, clock: systemClock });
  const samples: Sample[] = [];
  const stopped = new AbortController();
  const begin = performance.now();

  const look = async (): Promise<void> => {
    const [{ visible, inFlight }, instances, photos, results] = await Promise.all([
      world.requests.depth(),
      fleet.describe(),
      countOf(world.inputBucket),
      countOf(world.outputBucket),
    ]);
    samples.push({
      seconds: Math.round((performance.now() - begin) / 100) / 10,
      waiting: visible,
      inFlight,
      running: instances.filter(({ state }) => state === 'running').length,
      photos,
      results,
    });
  };
  const follow = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await look();
      await wait(LOOK_EVERY_MS);
    }
  };
  const following = follow();

  return {
    samples,
    async until(holds) {
      for (;;) {
        const last = samples.at(-1);
        if (last !== undefined && holds(last)) return;
        await wait(LOOK_EVERY_MS);
      }
    },
    async stop(title) {
      stopped.abort();
      await following;
      await world.close();
      process.stdout.write(table(title, samples));
    },
  };
}

async function countOf(bucket: ObjectStore): Promise<number> {
  let count = 0;
  for await (const { key } of bucket.list()) if (!isBeside(key)) count++;
  return count;
}

/** The looks that showed something new, one a line. */
function table(title: string, samples: readonly Sample[]): string {
  const columns = ['waiting', 'inFlight', 'running', 'photos', 'results'] as const;
  const told = ({ seconds: _, ...rest }: Sample): string => JSON.stringify(rest);
  const news = samples.filter(
    (sample, index) => index === 0 || told(sample) !== told(samples[index - 1] as Sample),
  );
  const lines = news.map((sample) =>
    [sample.seconds.toFixed(1), ...columns.map((column) => String(sample[column]))]
      .map((cell) => cell.padStart(9))
      .join(''),
  );
  const head = ['seconds', ...columns].map((cell) => cell.padStart(9)).join('');
  return `\n${title}\n${head}\n${lines.join('\n')}\n`;
}
