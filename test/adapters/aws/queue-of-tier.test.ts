import { setTimeout as wait } from 'node:timers/promises';

import { describe, expect, it, onTestFinished } from 'vitest';

import { openTierQueue } from '../../../src/adapters/aws/queue-of-tier.ts';
import { SteppedClock } from '../../../src/adapters/memory/clock.ts';
import { isMotoInstalled } from '../../moto.ts';
import { useMoto } from './environment.ts';
import { awsQueueHarness } from './queue-harness.ts';

const TEN_MINUTES_MS = 10 * 60_000;

describe.skipIf(!isMotoInstalled)('the response queue of one web tier among several', () => {
  useMoto('sqs');

  it('is made at the start and removed at the stop', async () => {
    const { open, names } = await tiers();
    const one = await open('one');
    const two = await open('two');
    expect([one.queue.name, two.queue.name]).toEqual(['replies-one', 'replies-two']);
    await one.close();
    expect(await names()).toEqual(['replies', 'replies-two']);
    await two.close();
    expect(await names()).toEqual(['replies']);
  });

  it('is removed by another tier an hour after its own tier died', async () => {
    const { clock, open, names, create, failures } = await tiers();
    // Its clock stands still: it never says again that it lives.
    await open('dead', new SteppedClock(clock.now()));
    await create('replies-of-somebody-else');
    const living = await open('living');
    for (let minutes = 0; minutes < 50; minutes += 10) {
      await clock.advance(TEN_MINUTES_MS);
      await wait(100);
    }
    expect(await names()).toContain('replies-dead');
    await expect
      .poll(
        async () => {
          await clock.advance(TEN_MINUTES_MS);
          return names();
        },
        { interval: 100, timeout: 10_000 },
      )
      .toEqual(['replies', 'replies-living', 'replies-of-somebody-else']);
    expect(failures).toEqual([]);
    await living.close();
  });
});

async function tiers() {
  const { directory: queues, create, close } = await awsQueueHarness();
  onTestFinished(close);
  await create('replies');
  const clock = new SteppedClock(Date.now());
  const failures: unknown[] = [];
  const open = (bootId: string, on = clock) =>
    openTierQueue({
      queues,
      clock: on,
      fleet: 'facefleet',
      responseQueue: 'replies',
      bootId,
      onFailure: (error) => failures.push(error),
    });
  const names = async () => (await queues.list('replies')).toSorted();
  return { queues, clock, open, names, failures, create };
}
