import { expect, it } from 'vitest';

import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import { MemoryQueues } from '../../src/adapters/memory/queues.ts';
import { QueueRoom } from '../../src/roles/queue-room.ts';

async function roomFor(maxDepth: number) {
  const clock = new SteppedClock();
  const queue = await new MemoryQueues(clock).create('req-queue');
  const room = new QueueRoom({ clock, requests: queue, maxDepth });
  const send = async (): Promise<void> => {
    await queue.send('photo');
    room.sent();
  };
  return { clock, queue, room, send };
}

it('a queue takes no more than it may hold, those in flight included, until there is room', async () => {
  const { clock, queue, room, send } = await roomFor(3);
  for (let count = 1; count <= 3; count++) {
    await room.check();
    await send();
  }
  await expect(room.check()).rejects.toMatchObject({ code: 'queue_full', depth: 3 });
  const messages = await queue.receive({ max: 1, waitSeconds: 0, visibilitySeconds: 30 });
  await clock.advance(1000);
  await expect(room.check()).rejects.toMatchObject({ code: 'queue_full' });
  await queue.delete(messages.map(({ receiptHandle }) => receiptHandle));
  await clock.advance(1000);
  await expect(room.check()).resolves.toBeUndefined();
});

it('what others sent counts after a second', async () => {
  const { clock, queue, room } = await roomFor(1);
  await room.check();
  await queue.send('photo of another web tier');
  await clock.advance(1000);
  await expect(room.check()).rejects.toMatchObject({ code: 'queue_full' });
});

it('a queue that cannot be asked is not full', async () => {
  const { clock, queue, room, send } = await roomFor(1);
  await room.check();
  await send();
  queue.depth = () => Promise.reject(new Error('throttled'));
  await clock.advance(1000);
  await expect(room.check()).resolves.toBeUndefined();
});
