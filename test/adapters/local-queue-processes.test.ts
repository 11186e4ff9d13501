import { describe, expect, it, onTestFinished, vi } from 'vitest';

import type { Durability } from '../../src/adapters/local/environment.ts';
import { type LocalQueues, openLocalQueues } from '../../src/adapters/local/queues.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import type { MessageQueue } from '../../src/bus/queue.ts';
import { ChildProgram } from './child-program.ts';
import { drain } from './queue-use.ts';
import { temporaryFolder } from './temporary-folder.ts';

const PATIENCE = { timeout: 60_000, interval: 20 };

async function queuesForTest(
  durability: Durability = 'outlives-power-failure',
): Promise<{ folder: string; queues: LocalQueues }> {
  const { folder, remove } = temporaryFolder();
  const queues = await openLocalQueues({ folder, clock: systemClock, durability });
  onTestFinished(async () => {
    await queues.close();
    remove();
  });
  return { folder, queues };
}

const bodiesOf = async (queue: MessageQueue): Promise<ReadonlySet<string>> =>
  new Set((await drain(queue)).map(({ body }) => body));

const namesOf = (prefixes: readonly string[], count: number): string[] =>
  prefixes
    .flatMap((prefix) => Array.from({ length: count }, (_, i) => `${prefix}-${i}`))
    .toSorted();

describe('a local queue that several processes share', () => {
  it('gives each of many messages to exactly one of many receivers', async () => {
    const { folder, queues } = await queuesForTest();
    const queue = await queues.create('photos');
    const consumers = [1, 2, 3].map(() => ChildProgram.start('consume.js', folder, 'photos', 30));
    const producers = ['a', 'b', 'c'];
    const COUNT = 400;
    for (const prefix of producers) {
      ChildProgram.start('produce.js', folder, 'photos', prefix, COUNT);
    }
    const deleted = (): string[] => consumers.flatMap((consumer) => consumer.printed('deleted'));
    await vi.waitFor(() => expect(deleted()).toHaveLength(COUNT * producers.length), PATIENCE);
    await Promise.all(consumers.map((consumer) => consumer.finish()));
    const got = consumers.flatMap((consumer) => consumer.printed('got'));
    expect(got.toSorted()).toEqual(namesOf(producers, COUNT));
    expect(await queue.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  it('loses nothing when receivers are killed', async () => {
    const { folder, queues } = await queuesForTest();
    const queue = await queues.create('photos');
    const COUNT = 300;
    const consumers: ChildProgram[] = [];
    ChildProgram.start('produce.js', folder, 'photos', 'a', COUNT);
    for (let round = 1; round <= 4; round++) {
      const consumer = ChildProgram.start('consume.js', folder, 'photos', 1);
      consumers.push(consumer);
      await vi.waitFor(() => expect(consumer.printed('got').length).toBeGreaterThan(20), PATIENCE);
      await consumer.kill();
    }
    consumers.push(ChildProgram.start('consume.js', folder, 'photos', 1));
    const empty = { visible: 0, inFlight: 0, delayed: 0 };
    await vi.waitFor(async () => expect(await queue.depth()).toEqual(empty), PATIENCE);
    const got = new Set(consumers.flatMap((consumer) => consumer.printed('got')));
    expect([...got].toSorted()).toEqual(namesOf(['a'], COUNT));
  });

  it('gives what a killed receiver had in hand to others at once, and nothing of a living one', async () => {
    const { folder, queues } = await queuesForTest();
    const queue = await queues.create('photos');
    for (const body of ['one', 'two', 'three']) await queue.send(body);
    const holders = [1, 2, 3].map(() => ChildProgram.start('hold.js', folder, 'photos'));
    const held = (): string[] => holders.flatMap((holder) => holder.printed('got'));
    await vi.waitFor(() => expect(held()).toHaveLength(3), PATIENCE);
    await queues.returnClaimsOfDead();
    expect(await queue.depth()).toEqual({ visible: 0, inFlight: 3, delayed: 0 });

    const [first, second] = holders as [ChildProgram, ChildProgram, ChildProgram];
    const waiting = queue.receive({ max: 1, waitSeconds: 20, visibilitySeconds: 300 });
    await first.kill();
    await queues.returnClaimsOfDead();
    expect(await waiting).toMatchObject([{ body: first.printed('got')[0], receiveCount: 2 }]);
    expect(await queue.depth()).toEqual({ visible: 0, inFlight: 3, delayed: 0 });

    // Whoever opens the queues finds what was left while nobody looked.
    await second.kill();
    const reopened = await openLocalQueues({ folder, clock: systemClock });
    expect(await queue.depth()).toEqual({ visible: 1, inFlight: 2, delayed: 0 });
    await reopened.close();
  });

  it.each<Durability>(['outlives-power-failure', 'outlives-processes'])(
    'that %s keeps every acknowledged message when its sender is killed, again and again',
    async (durability) => {
      const { folder, queues } = await queuesForTest(durability);
      const queue = await queues.create('photos');
      const acknowledged: string[] = [];
      for (const prefix of 'abcdefghijkl') {
        const sent = ['photos', prefix, 1_000_000, durability];
        const producer = ChildProgram.start('produce.js', folder, ...sent);
        await vi.waitFor(() => expect(producer.lines.length).toBeGreaterThan(100), PATIENCE);
        await producer.kill();
        acknowledged.push(...producer.lines);
      }
      const kept = await bodiesOf(queue);
      expect(acknowledged.filter((body) => !kept.has(body))).toEqual([]);
    },
  );

  it('wakes a receiver that waits in another process', async () => {
    const { folder, queues } = await queuesForTest();
    const queue = await queues.create('photos');
    const waiter = ChildProgram.start('await-message.js', folder, 'photos');
    await vi.waitFor(() => expect(waiter.lines).toEqual(['waiting']), PATIENCE);
    await queue.send('wake up');
    await vi.waitFor(() => expect(waiter.printed('got')).toEqual(['wake up']), PATIENCE);
  });

  it('wakes a receiver in another process when a message is given back', async () => {
    const { folder, queues } = await queuesForTest();
    const queue = await queues.create('photos');
    await queue.send('given back');
    const [message] = await queue.receive({ max: 1, waitSeconds: 0, visibilitySeconds: 30 });
    const waiter = ChildProgram.start('await-message.js', folder, 'photos');
    await vi.waitFor(() => expect(waiter.lines).toEqual(['waiting']), PATIENCE);
    await queue.extend(message?.receiptHandle ?? '', 0);
    await vi.waitFor(() => expect(waiter.printed('got')).toEqual(['given back']), PATIENCE);
  });
});
