import { describe, expect, it, onTestFinished } from 'vitest';

import { openLocalQueues } from '../../src/adapters/local/queues.ts';
import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import type { Clock } from '../../src/bus/clock.ts';
import { QueueDoesNotExistError, QueueNameInvalidError } from '../../src/bus/errors.ts';
import { localQueueHarness } from './local-queue-harness.ts';
import { drain, handleOf, handlesOf, receive, sendAll } from './queue-use.ts';
import { temporaryFolder } from './temporary-folder.ts';

const HOUR = 60 * 60 * 1000;

async function harness() {
  const opened = await localQueueHarness();
  onTestFinished(opened.close);
  return opened;
}

describe('the local queues of a folder', () => {
  it('are there again when the folder is opened again', async () => {
    const { folder, remove } = temporaryFolder();
    onTestFinished(remove);
    const clock = new SteppedClock(1_700_000_000_000);
    const before = await openLocalQueues({ folder, clock });
    const queue = await before.create('photos', { maxMessageBytes: 4096 });
    await queue.send('kept', { attributes: { name: 'value' } });
    await queue.send('in flight');
    const [held] = await receive(queue, 1);
    await before.close();

    const after = await openLocalQueues({ folder, clock });
    const again = await after.open('photos');
    expect(again.maxMessageBytes).toBe(4096);
    expect(await again.depth()).toEqual({ visible: 1, inFlight: 1, delayed: 0 });
    await again.extend(handleOf(held), 0);
    expect((await drain(again)).map(({ body }) => body).toSorted()).toEqual(['in flight', 'kept']);
    await after.close();
  });

  it('go on when the clock is set back an hour: nothing stays hidden for that long', async () => {
    const { folder, remove } = temporaryFolder();
    const stepped = new SteppedClock(1_700_000_000_000);
    let setBackBy = 0;
    const clock: Clock = {
      now: () => stepped.now() - setBackBy,
      setTimeout: (fn, ms) => stepped.setTimeout(fn, ms),
      clearTimeout: (timer) => stepped.clearTimeout(timer),
    };
    const queues = await openLocalQueues({ folder, clock });
    onTestFinished(async () => {
      await queues.close();
      remove();
    });
    const queue = await queues.create('photos');
    await queue.send('in flight');
    await receive(queue, 1, 0, 30);
    setBackBy = HOUR;
    expect(await queue.depth()).toMatchObject({ inFlight: 1 });
    await stepped.advance(29_000);
    expect(await receive(queue, 1, 0)).toEqual([]);
    await stepped.advance(2000);
    expect((await receive(queue, 1, 0)).map(({ body }) => body)).toEqual(['in flight']);
    await queue.send('sent after');
    expect((await receive(queue, 1, 0)).map(({ body }) => body)).toEqual(['sent after']);
  });

  it('are made once, and made again with other settings they keep their messages', async () => {
    const { directory } = await harness();
    const queue = await directory.create('photos');
    await queue.send('kept');
    const again = await directory.create('photos', { maxMessageBytes: 2048 });
    expect(again.maxMessageBytes).toBe(2048);
    expect((await directory.open('photos')).maxMessageBytes).toBe(2048);
    expect((await receive(again))[0]?.body).toBe('kept');
  });

  it('are listed by name', async () => {
    const { directory } = await harness();
    for (const name of ['b', 'a', 'c']) await directory.create(name);
    await directory.remove('b');
    expect(await directory.list()).toEqual(['a', 'c']);
  });

  it('cannot have every name, and need their dead-letter queue', async () => {
    const { directory } = await harness();
    for (const name of ['', 'a b', '../a', 'x'.repeat(81)]) {
      await expect(directory.create(name)).rejects.toThrow(QueueNameInvalidError);
    }
    await expect(directory.create('photos', { deadLetterQueue: 'nobody' })).rejects.toThrow(
      QueueDoesNotExistError,
    );
  });

  it('tell everybody when one of them is removed, those who wait too', async () => {
    const { directory } = await harness();
    const queue = await directory.create('photos');
    const waiting = receive(queue, 1, 20);
    await Promise.all([
      expect(waiting).rejects.toThrow(QueueDoesNotExistError),
      directory.remove('photos'),
    ]);
    await expect(queue.send('late')).rejects.toThrow(QueueDoesNotExistError);
    await expect(queue.depth()).rejects.toThrow(QueueDoesNotExistError);
    await expect(directory.open('photos')).rejects.toThrow(QueueDoesNotExistError);
  });

  it('forget a removed queue: one of the same name knows neither its messages nor handles', async () => {
    const { directory } = await harness();
    const old = await directory.create('photos');
    await sendAll(old, 3);
    const held = await receive(old, 2);
    await directory.remove('photos');
    const fresh = await directory.create('photos');
    await sendAll(fresh, 3);
    const holding = await receive(fresh, 2);
    await fresh.delete(handlesOf(held));
    expect(holding).toHaveLength(2);
    expect(await fresh.depth()).toEqual({ visible: 1, inFlight: 2, delayed: 0 });
  });

  it('purge many messages and take new ones meanwhile', async () => {
    const { directory } = await harness();
    const queue = await directory.create('photos');
    await sendAll(queue, 1200);
    const purging = queue.purge();
    await queue.send('during');
    await purging;
    await queue.send('after');
    const left = (await drain(queue)).map(({ body }) => body);
    expect(left.filter((body) => !['during', 'after'].includes(body))).toEqual([]);
    expect(left).toContain('after');
  });

  it('tell how much of the disk their messages take, and that a purge ends it', async () => {
    const { directory } = await harness();
    const queue = await directory.create('photos');
    for (let sent = 0; sent < 20; sent++) await queue.send('x'.repeat(20_000));
    expect(directory.storedBytes()).toBeGreaterThanOrEqual(400_000);
    expect(directory.storedBytes()).toBeLessThan(600_000);
    await queue.purge();
    expect(directory.storedBytes()).toBe(0);
  });

  it('grow with what is in them, far beyond what they began with', async () => {
    const { directory } = await harness();
    const queue = await directory.create('photos');
    const megabyte = 'x'.repeat(2 ** 20);
    for (let sent = 0; sent < 64; sent += 8) {
      await Promise.all(Array.from({ length: 8 }, () => queue.send(megabyte)));
    }
    const received = await drain(queue);
    expect(received.map(({ body }) => body.length)).toEqual(Array(64).fill(2 ** 20));
  });

  it('end the waits when they are closed, and say so to later calls', async () => {
    const { directory } = await harness();
    const queue = await directory.create('photos');
    const waiting = receive(queue, 1, 20);
    await directory.close();
    expect(await waiting).toEqual([]);
    await expect(receive(queue)).rejects.toMatchObject({ code: 'queues_closed' });
    await expect(queue.send('late')).rejects.toMatchObject({ code: 'queues_closed' });
  });

  it('receive in the order of sending, those that came back before those behind them', async () => {
    const { directory, pass } = await harness();
    const queue = await directory.create('photos');
    for (const body of ['a', 'b', 'c']) await queue.send(body);
    await receive(queue, 1, 0, 1);
    await pass(2);
    await queue.send('d');
    expect((await drain(queue)).map(({ body }) => body)).toEqual(['b', 'c', 'a', 'd']);
  });

  it('refuse numbers out of range', async () => {
    const { directory } = await harness();
    const queue = await directory.create('photos');
    await expect(receive(queue, 0)).rejects.toThrow(RangeError);
    await expect(receive(queue, 11)).rejects.toThrow(RangeError);
    await expect(receive(queue, 1, 21)).rejects.toThrow(RangeError);
    await expect(receive(queue, 1, Number.NaN)).rejects.toThrow(RangeError);
    await expect(queue.send('x', { delaySeconds: -1 })).rejects.toThrow(RangeError);
    await expect(queue.extend('x', 50_000)).rejects.toThrow(RangeError);
  });
});
