import { describe, expect, it, onTestFinished } from 'vitest';

import {
  MessageTooLongError,
  QueueDoesNotExistError,
  ReceiptHandleInvalidError,
} from '../../src/bus/errors.ts';
import type { MessageQueue, QueueDirectory } from '../../src/bus/queue.ts';
import {
  drain,
  handleOf,
  handlesOf,
  LONG,
  numbered,
  receive,
  receiveAll,
  sendAll,
} from './queue-use.ts';

export interface NewQueue {
  /** Name of the queue for messages received more than `maxReceiveCount` times. */
  readonly deadLetterQueue?: string;
  readonly maxReceiveCount?: number;
  readonly maxMessageBytes?: number;
}

/** Queues of some adapter, empty at first, and the time they live in. */
export interface QueueHarness {
  readonly directory: QueueDirectory;
  readonly create: (name: string, options?: NewQueue) => Promise<MessageQueue>;
  /** Lets time pass for the queues; resolves when what became due has happened. */
  readonly pass: (seconds: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** In what a server that stands in for SQS is known to differ from it. */
export interface QueuePeculiarities {
  /** It refuses characters beyond the Basic Multilingual Plane. */
  readonly refusesAstralText?: boolean;
  /** It deletes a message by any receipt handle that the message ever had. */
  readonly deletesByStaleHandle?: boolean;
  /** It extends messages that are not in flight any more. */
  readonly extendsVisible?: boolean;
  /** How long its counts lag behind, and a purge takes, at most; 10 s and 2 s unless told otherwise. */
  readonly lagSeconds?: number;
}

/**
 * What every queue must do. It assumes no more than SQS gives: no order, and counts that may lag. Times are whole seconds, so that it can run against a real service.
 */
export function queueContract(
  adapter: string,
  open: () => Promise<QueueHarness>,
  peculiarities: QueuePeculiarities = {},
): void {
  const { lagSeconds } = peculiarities;
  /** A distributed queue's counts lag. */
  const LAG = { timeout: (lagSeconds ?? 10) * 1000 };
  const queueOf = async (options?: NewQueue) => {
    const opened = await openForTest(open);
    return { ...opened, queue: await opened.create('photos', options) };
  };

  describe(`the queue on ${adapter}`, () => {
    it('gives a message to a receiver, with its attributes, and says when it was sent', async () => {
      const { queue } = await queueOf();
      await queue.send('a photo', { attributes: { traceparent: '00-abc' } });
      const [message] = await receive(queue);
      expect(message).toMatchObject({
        body: 'a photo',
        attributes: { traceparent: '00-abc' },
        receiveCount: 1,
      });
      expect(message?.id).not.toBe('');
      expect(message?.sentAt).toBeGreaterThan(0);
    });

    it.skipIf(peculiarities.refusesAstralText)('carries any text of a body unchanged', async () => {
      const { queue } = await queueOf();
      const body = JSON.stringify({ name: 'Zoë 👩🏽‍🚀 "quoted" \n\t', big: 'x'.repeat(100_000) });
      await queue.send(body);
      expect((await receive(queue))[0]?.body).toBe(body);
    });

    it('gives each message to one receiver only, and never more than it asked for', async () => {
      const { queue } = await queueOf();
      await sendAll(queue, 12);
      const batches = await Promise.all([receive(queue, 5), receive(queue, 5), receive(queue, 5)]);
      for (const batch of batches) expect(batch.length).toBeLessThanOrEqual(5);
      const bodies = [...batches.flat(), ...(await drain(queue))].map(({ body }) => body);
      expect(bodies.toSorted()).toEqual(numbered(12));
    });

    it('answers at once with nothing when it is empty and the receiver does not wait', async () => {
      const { queue } = await queueOf();
      expect(await receive(queue, 10, 0)).toEqual([]);
    });

    it('waits for the first message', async () => {
      const { queue } = await queueOf();
      const received = receive(queue, 10, 20);
      await queue.send('late');
      expect((await received).map(({ body }) => body)).toEqual(['late']);
    });

    it('ends a wait with nothing when its time is up', async () => {
      const { queue, pass } = await queueOf();
      const received = receive(queue, 10, 1);
      await pass(1);
      expect(await received).toEqual([]);
    });

    it('hides a received message, and brings it back after its visibility timeout', async () => {
      const { queue, pass } = await queueOf();
      await queue.send('again');
      const [first] = await receive(queue, 1, 1, 2);
      expect(await receive(queue, 1, 0)).toEqual([]);
      await pass(2);
      const [second] = await receive(queue);
      expect(second).toMatchObject({ id: first?.id, body: 'again', receiveCount: 2 });
      expect(second?.receiptHandle).not.toBe(first?.receiptHandle);
      expect(second?.sentAt).toBe(first?.sentAt);
    });

    it('wakes a waiting receiver when a hidden message becomes visible', async () => {
      const { queue, pass } = await queueOf();
      await queue.send('again');
      await receive(queue, 1, 1, 2);
      const received = receive(queue, 1, 20);
      await pass(2);
      expect((await received).map(({ body }) => body)).toEqual(['again']);
    });

    it('never brings back a deleted message', async () => {
      const { queue, pass } = await queueOf();
      await queue.send('done');
      const [message] = await receive(queue, 1, 1, 1);
      await queue.delete(handlesOf([message]));
      await pass(2);
      expect(await receive(queue, 1, 0)).toEqual([]);
    });

    it('deletes many at once, and passes over handles that own nothing any more', async () => {
      const { queue, pass } = await queueOf();
      await sendAll(queue, 6);
      const messages = await receiveAll(queue, 6, 1);
      await queue.delete(handlesOf(messages));
      await queue.delete(handlesOf(messages));
      await queue.delete([]);
      await pass(2);
      expect(await receive(queue, 10, 0)).toEqual([]);
    });

    it.skipIf(peculiarities.deletesByStaleHandle)(
      'does not let a stale handle delete what another receiver holds',
      async () => {
        const { queue, pass } = await queueOf();
        await queue.send('handed on');
        const [first] = await receive(queue, 1, 1, 1);
        await pass(2);
        const [second] = await receive(queue, 1, 1, 2);
        await queue.delete(handlesOf([first]));
        await pass(3);
        const [third] = await receive(queue);
        expect([second?.receiveCount, third?.receiveCount]).toEqual([2, 3]);
      },
    );

    it('hides a message for longer when its receiver asks', async () => {
      const { queue, pass } = await queueOf();
      await queue.send('slow');
      const [message] = await receive(queue, 1, 1, 2);
      await pass(1);
      await queue.extend(handleOf(message), 4);
      await pass(2);
      expect(await receive(queue, 1, 0)).toEqual([]);
      await pass(3);
      expect((await receive(queue))[0]?.receiveCount).toBe(2);
    });

    it('makes a message visible at once when its receiver gives it back', async () => {
      const { queue } = await queueOf();
      await queue.send('returned');
      const [message] = await receive(queue);
      const waiting = receive(queue, 1, 20);
      await queue.extend(handleOf(message), 0);
      expect((await waiting)[0]).toMatchObject({ body: 'returned', receiveCount: 2 });
    });

    it.skipIf(peculiarities.extendsVisible)(
      'refuses to extend a message that is not in flight any more',
      async () => {
        const { queue, pass } = await queueOf();
        await queue.send('lost');
        const [message] = await receive(queue, 1, 1, 1);
        await pass(2);
        await expect(queue.extend(handleOf(message), 30)).rejects.toThrow(
          ReceiptHandleInvalidError,
        );
      },
    );

    it('refuses to extend a message that was deleted', async () => {
      const { queue } = await queueOf();
      await queue.send('gone');
      const [message] = await receive(queue);
      await queue.delete(handlesOf([message]));
      await expect(queue.extend(handleOf(message), 30)).rejects.toThrow(ReceiptHandleInvalidError);
    });

    it('holds a delayed message back', async () => {
      const { queue, pass } = await queueOf();
      await queue.send('later', { delaySeconds: 2 });
      expect(await receive(queue, 1, 0)).toEqual([]);
      const waiting = receive(queue, 1, 20);
      await pass(2);
      expect((await waiting)[0]).toMatchObject({ body: 'later', receiveCount: 1 });
    });

    it('counts visible, hidden and delayed messages', async () => {
      const { queue } = await queueOf();
      await sendAll(queue, 5);
      await queue.send('later', { delaySeconds: 60 });
      await receiveAll(queue, 2);
      await expect.poll(() => queue.depth(), LAG).toEqual({ visible: 3, inFlight: 2, delayed: 1 });
    });

    it('moves a message to the dead-letter queue instead of receiving it once too often', async () => {
      const opened = await openForTest(open);
      const dead = await opened.create('dead');
      const queue = await opened.create('photos', { deadLetterQueue: 'dead', maxReceiveCount: 2 });
      expect(queue.maxReceiveCount).toBe(2);
      await queue.send('poison', { attributes: { reason: 'kept' } });
      for (const receiveCount of [1, 2]) {
        const [message] = await receive(queue);
        expect(message).toMatchObject({ body: 'poison', receiveCount });
        await queue.extend(handleOf(message), 0);
      }
      expect(await receive(queue, 1, 0)).toEqual([]);
      expect((await receive(dead, 1, 5))[0]).toMatchObject({
        body: 'poison',
        attributes: { reason: 'kept' },
      });
    });

    it('gives a message five times unless told otherwise, then to the dead-letter queue', async () => {
      const opened = await openForTest(open);
      const dead = await opened.create('dead');
      const queue = await opened.create('photos', { deadLetterQueue: 'dead' });
      await queue.send('poison');
      for (const receiveCount of [1, 2, 3, 4, 5]) {
        const [message] = await receive(queue);
        expect(message?.receiveCount).toBe(receiveCount);
        await queue.extend(handleOf(message), 0);
      }
      expect(await receive(queue, 1, 0)).toEqual([]);
      expect((await receive(dead, 1, 5))[0]).toMatchObject({ body: 'poison' });
    });

    it('takes a message of exactly its maximum size, counted in bytes, and none larger', async () => {
      const { queue } = await queueOf({ maxMessageBytes: 1024 });
      expect(queue.maxMessageBytes).toBe(1024);
      await queue.send('é'.repeat(512));
      await expect(queue.send(`${'é'.repeat(512)}x`)).rejects.toThrow(MessageTooLongError);
      expect(await drain(queue)).toHaveLength(1);
    });

    it('carries a message of 1 MiB', async () => {
      const { queue } = await queueOf();
      const body = 'x'.repeat(queue.maxMessageBytes);
      await queue.send(body);
      expect((await receive(queue))[0]?.body).toBe(body);
    });

    it('ends a waiting receive without a message when it is aborted', async () => {
      const { queue } = await queueOf();
      const abort = new AbortController();
      const received = receive(queue, 1, 20, LONG, abort.signal);
      abort.abort();
      expect(await received).toEqual([]);
    });

    it('receives nothing by a signal that is aborted already', async () => {
      const { queue } = await queueOf();
      await queue.send('untouched');
      expect(await receive(queue, 1, 20, LONG, AbortSignal.abort())).toEqual([]);
      expect((await receive(queue))[0]?.body).toBe('untouched');
    });

    it('loses no message to a receive that is aborted while messages arrive', async () => {
      const { queue } = await queueOf();
      const bodies: string[] = [];
      for (const body of numbered(10)) {
        const abort = new AbortController();
        const received = receive(queue, 1, 20, LONG, abort.signal);
        const sent = queue.send(body);
        abort.abort();
        await sent;
        bodies.push(...(await received).map((message) => message.body));
      }
      bodies.push(...(await drain(queue)).map((message) => message.body));
      expect(bodies.toSorted()).toEqual(numbered(10));
    });

    it('serves all who wait when many messages arrive', async () => {
      const { queue } = await queueOf();
      const waiting = Array.from({ length: 8 }, () => receive(queue, 1, 20));
      await sendAll(queue, 8);
      const bodies = (await Promise.all(waiting)).flat().map(({ body }) => body);
      expect(bodies.toSorted()).toEqual(numbered(8));
    });

    it('opens by name the queue that was made, and none other', async () => {
      const { directory, create } = await openForTest(open);
      const queue = await create('replies', { maxMessageBytes: 2048 });
      const same = await directory.open('replies');
      expect([same.name, same.maxMessageBytes]).toEqual([queue.name, 2048]);
      await same.send('hello');
      expect((await receive(queue))[0]?.body).toBe('hello');
      await expect(directory.open('nobody')).rejects.toThrow(QueueDoesNotExistError);
    });

    it('deletes every message in a purge, those in flight and delayed too', async () => {
      const { queue, pass } = await queueOf();
      await sendAll(queue, 4);
      await queue.send('later', { delaySeconds: 1 });
      const [inFlight] = await receive(queue, 1, 1, 1);
      await queue.purge();
      await expect.poll(() => queue.depth(), LAG).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
      await expect(queue.extend(handleOf(inFlight), LONG)).rejects.toThrow(
        ReceiptHandleInvalidError,
      );
      await queue.delete(handlesOf([inFlight]));
      await pass(lagSeconds ?? 2);
      expect(await receive(queue, 10, 0)).toEqual([]);
      await queue.send('fresh');
      expect((await receive(queue))[0]?.body).toBe('fresh');
    });
  });
}

async function openForTest(open: () => Promise<QueueHarness>): Promise<QueueHarness> {
  const harness = await open();
  onTestFinished(harness.close);
  return harness;
}
