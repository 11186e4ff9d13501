import { randomUUID } from 'node:crypto';

import { EndpointUnreachableError, ThrottledError } from '../adapters/aws/errors.ts';
import type { AwsNames, AwsWorld } from '../adapters/aws/world.ts';
import { type LocalWorld, openLocalWorld } from '../adapters/local/world.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { sleep } from '../bus/clock.ts';
import type { ServiceUnavailableError } from '../bus/errors.ts';
import { fractionOf } from '../bus/random.ts';
import type { ObjectStore } from '../bus/store.ts';
import type { Config, NAME_SETTINGS, WORLD_SETTINGS } from '../config.ts';
import type { Logger } from '../log.ts';
import { backoffMs } from '../machines/backoff.ts';

export type WorldConfig = Config<(typeof WORLD_SETTINGS)[number] | 'dataDir'>;

/** How long to wait, in ms, between tries to reach AWS at the start. */
const RETRY = { firstMs: 1000, maxMs: 30_000 };

/**
 * Opens what the settings say: this machine's data folder, or a deployment on AWS.
 * @param onUnreached - hears why AWS cannot be reached, each time that it is tried
 */
export async function openWorld(
  config: WorldConfig,
  log: Pick<Logger, 'warn'>,
  onUnreached?: (why: ServiceUnavailableError) => void,
): Promise<LocalWorld | AwsWorld> {
  if (config.world === 'local') return openLocalWorld(config.dataDir);
  // The AWS SDK takes its time to load: who runs on one machine does without.
  const { openAwsWorld } = await import('../adapters/aws/world.ts');
  return untilReached(
    () => openAwsWorld(namesOf(config)),
    (error, restMs) => {
      log.warn({ restMs }, error.message);
      onUnreached?.(error);
    },
  );
}

/** The world of a web tier: on AWS with a response queue of its own where the settings say so. */
export async function openWebWorld(
  config: WorldConfig & Config<'ownResponseQueue'>,
  log: Pick<Logger, 'warn'>,
  onUnreached?: (why: ServiceUnavailableError) => void,
): Promise<LocalWorld | AwsWorld> {
  const world = await openWorld(config, log, onUnreached);
  if (world.kind === 'local' || config.ownResponseQueue === 'no') return world;
  const { openTierQueue } = await import('../adapters/aws/queue-of-tier.ts');
  const own = await openTierQueue({
    queues: world.queues,
    clock: systemClock,
    fleet: config.name,
    responseQueue: world.replies.name,
    bootId: randomUUID(),
    onFailure: (error) => log.warn({ err: error }, 'the upkeep of response queues failed'),
  });
  return {
    ...world,
    replies: own.queue,
    async close() {
      await own.close();
      await world.close();
    },
  };
}

/** Opens the gallery alone, which needs no right to anything else. */
export async function openGallery(
  config: WorldConfig,
): Promise<{ readonly galleryBucket: ObjectStore; close(): Promise<void> }> {
  if (config.world === 'local') return openLocalWorld(config.dataDir);
  const { openAwsGallery } = await import('../adapters/aws/world.ts');
  return openAwsGallery(namesOf(config).galleryBucket);
}

/** Where the gallery lies: the data folder, or the name of its bucket. */
export const galleryPlace = (config: WorldConfig): string =>
  config.world === 'local' ? config.dataDir : namesOf(config).galleryBucket;

/** What a fleet's queues and buckets are called, unless the settings say otherwise. */
export function namesOf({ name, ...set }: Config<(typeof NAME_SETTINGS)[number]>): AwsNames {
  return {
    requestQueue: set.requestQueue ?? `${name}-req-queue`,
    responseQueue: set.responseQueue ?? `${name}-resp-queue`,
    eventsQueue: set.eventsQueue ?? `${name}-events-queue`,
    inputBucket: set.inputBucket ?? `${name}-in-bucket`,
    outputBucket: set.outputBucket ?? `${name}-out-bucket`,
    galleryBucket: set.galleryBucket ?? `${name}-gallery-bucket`,
  };
}

/** Tries again as long as the failure is one that passes by itself. */
async function untilReached<T>(
  open: () => Promise<T>,
  onUnreached: (why: ServiceUnavailableError, restMs: number) => void,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await open();
    } catch (error) {
      if (!doesPass(error)) throw error;
      const restMs = backoffMs(failures, fractionOf(`${process.pid} ${failures}`), RETRY);
      onUnreached(error, restMs);
      await sleep(systemClock, restMs);
    }
  }
}

const doesPass = (error: unknown): error is ServiceUnavailableError =>
  error instanceof EndpointUnreachableError || error instanceof ThrottledError;
