import { expect, it, vi } from 'vitest';

import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import { MemoryQueues } from '../../src/adapters/memory/queues.ts';
import { encodeWorkerEvent } from '../../src/bus/events.ts';
import type { Message } from '../../src/bus/queue.ts';
import { followWorkerEvents } from '../../src/roles/worker-events.ts';

it('carries worker events to the bus, and reports and deletes what is none', async () => {
  const clock = new SteppedClock(0);
  const queue = await new MemoryQueues(clock).create('facefleet-events-queue', {});
  const published: unknown[] = [];
  const failures: unknown[] = [];
  const following = followWorkerEvents({
    clock,
    queue,
    bus: { publish: (event) => published.push(event) },
    onFailure: (error) => failures.push(error),
  });
  await queue.send(encodeWorkerEvent({ type: 'worker.idle', instance: 'a', at: 7, done: 2 }));
  await queue.send('no JSON');
  await queue.send('{"v":1,"type":"worker.ready"}');
  await clock.advance(0);
  await vi.waitFor(() => expect(failures).toHaveLength(2));
  expect(published).toEqual([{ v: 1, type: 'worker.idle', instance: 'a', at: 7, done: 2 }]);
  expect(await queue.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  await following.stop();
});

it('rests and goes on when the queue cannot be read', async () => {
  const clock = new SteppedClock(0);
  let receives = 0;
  const following = followWorkerEvents({
    clock,
    queue: {
      async receive(): Promise<Message[]> {
        receives++;
        throw new Error('the disk is gone');
      },
      delete: async () => undefined,
    },
    bus: { publish: () => undefined },
    onFailure: () => undefined,
  });
  await clock.advance(2500);
  expect(receives).toBe(3);
  await following.stop();
});
