import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';

import { localQueueHarness } from './local-queue-harness.ts';
import { memoryQueueHarness } from './memory-queue-harness.ts';
import { actions, MAX_RECEIVE_COUNT, QueueModel } from './queue-model.ts';
import { drain } from './queue-use.ts';

describe.each([
  { adapter: 'memory', open: memoryQueueHarness, runs: 300 },
  { adapter: 'lmdb', open: localQueueHarness, runs: 60 },
])('the queue on $adapter', ({ open, runs }) => {
  it('does what a plain model of a queue does, whatever is done to it', async () => {
    const { clock, create, close } = await open();
    onTestFinished(close);
    const pass = (seconds: number): Promise<void> => clock.advance(seconds * 1000);
    let run = 0;
    await fc.assert(
      fc.asyncProperty(actions, async (plan) => {
        const name = `queue-${run++}`;
        const dead = await create(`${name}-dead`);
        const queue = await create(name, {
          deadLetterQueue: `${name}-dead`,
          maxReceiveCount: MAX_RECEIVE_COUNT,
        });
        const model = new QueueModel(queue, pass);
        for (const action of plan) await model.act(action);
        await pass(60);
        const left = [...(await drain(queue)), ...(await drain(dead))].map(({ body }) => body);
        expect(left.toSorted()).toEqual(model.undeleted);
      }),
      { numRuns: runs },
    );
  });
});
