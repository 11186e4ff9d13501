import assert from 'node:assert/strict';

import * as fc from 'fast-check';

import { ReceiptHandleInvalidError } from '../../src/bus/errors.ts';
import type { Message, MessageQueue } from '../../src/bus/queue.ts';

export const MAX_RECEIVE_COUNT = 2;

/** One thing done to a queue. `which` picks among the receipts so far, stale ones too. */
type Action =
  | { readonly kind: 'send'; readonly delaySeconds: number }
  | { readonly kind: 'receive'; readonly max: number; readonly visibilitySeconds: number }
  | { readonly kind: 'extend'; readonly which: number; readonly seconds: number }
  | { readonly kind: 'delete'; readonly which: number }
  | { readonly kind: 'pass'; readonly seconds: number };

const which = fc.nat(1000);
/** Few values, so that things often become due at one time. */
const seconds = fc.integer({ min: 0, max: 5 });

export const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('send'), delaySeconds: seconds }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('receive'),
        max: fc.integer({ min: 1, max: 4 }),
        visibilitySeconds: fc.integer({ min: 1, max: 5 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('extend'), which, seconds }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete'), which }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass'), seconds }) },
  ),
  { minLength: 1, maxLength: 60, size: 'max' },
);

interface ModelMessage {
  visibleAt: number;
  receiveCount: number;
  isDeleted: boolean;
}

/**
 * What a queue should hold, told in the plainest way. Which of several visible messages a receive
 * returns, and when one that was received often enough leaves, is the queue's business.
 */
export class QueueModel {
  readonly #queue: MessageQueue;
  readonly #pass: (seconds: number) => Promise<void>;
  readonly #messages = new Map<string, ModelMessage>();
  readonly #receipts: Message[] = [];
  #now = 0;

  constructor(queue: MessageQueue, pass: (seconds: number) => Promise<void>) {
    this.#queue = queue;
    this.#pass = pass;
  }

  /** Does it to the queue and to the model, and compares. */
  async act(action: Action): Promise<void> {
    switch (action.kind) {
      case 'send':
        return this.#send(action.delaySeconds);
      case 'receive':
        return this.#receive(action.max, action.visibilitySeconds);
      case 'extend':
        return this.#extend(action.which, action.seconds);
      case 'delete':
        return this.#delete(action.which);
      case 'pass':
        this.#now += action.seconds;
        return this.#pass(action.seconds);
    }
  }

  /** Bodies of all messages sent and not deleted, sorted. */
  get undeleted(): string[] {
    const kept = [...this.#messages].filter(([, { isDeleted }]) => !isDeleted);
    return kept.map(([body]) => body).toSorted();
  }

  async #send(delaySeconds: number): Promise<void> {
    const body = `message ${this.#messages.size}`;
    const visibleAt = this.#now + delaySeconds;
    this.#messages.set(body, { visibleAt, receiveCount: 0, isDeleted: false });
    await this.#queue.send(body, { delaySeconds });
  }

  async #receive(max: number, visibilitySeconds: number): Promise<void> {
    const deliverable = this.#deliverable();
    const received = await this.#queue.receive({ max, visibilitySeconds, waitSeconds: 0 });
    const bodies = received.map(({ body }) => body);
    assert.equal(new Set(bodies).size, bodies.length);
    assert.equal(bodies.length, Math.min(max, deliverable.length));
    for (const message of received) {
      assert.ok(deliverable.includes(message.body));
      const model = this.#modelOf(message);
      model.receiveCount++;
      model.visibleAt = this.#now + visibilitySeconds;
      assert.equal(message.receiveCount, model.receiveCount);
      this.#receipts.push(message);
    }
  }

  async #extend(index: number, extension: number): Promise<void> {
    const receipt = this.#receiptAt(index);
    if (receipt === undefined) return;
    const model = this.#modelOf(receipt);
    const extended = this.#queue.extend(receipt.receiptHandle, extension);
    if (this.#owns(receipt) && model.visibleAt > this.#now) {
      await extended;
      model.visibleAt = this.#now + extension;
    } else await assert.rejects(extended, ReceiptHandleInvalidError);
  }

  async #delete(index: number): Promise<void> {
    const receipt = this.#receiptAt(index);
    if (receipt === undefined) return;
    if (this.#owns(receipt)) {
      // It may have gone to the dead-letter queue already, or not: not for the model to say.
      if (this.#mayBeDead(receipt)) return;
      this.#modelOf(receipt).isDeleted = true;
    }
    await this.#queue.delete([receipt.receiptHandle]);
  }

  #deliverable(): string[] {
    const deliverable = [...this.#messages].filter(
      ([, { visibleAt, receiveCount, isDeleted }]) =>
        !isDeleted && visibleAt <= this.#now && receiveCount < MAX_RECEIVE_COUNT,
    );
    return deliverable.map(([body]) => body);
  }

  #owns(receipt: Message): boolean {
    const model = this.#modelOf(receipt);
    return !model.isDeleted && model.receiveCount === receipt.receiveCount;
  }

  #mayBeDead(receipt: Message): boolean {
    const { receiveCount, visibleAt } = this.#modelOf(receipt);
    return receiveCount >= MAX_RECEIVE_COUNT && visibleAt <= this.#now;
  }

  #receiptAt(index: number): Message | undefined {
    return this.#receipts[index % Math.max(this.#receipts.length, 1)];
  }

  #modelOf({ body }: Message): ModelMessage {
    const model = this.#messages.get(body);
    if (model === undefined) throw new Error(`The queue made up the message "${body}".`);
    return model;
  }
}
