import type { Clock } from '../../bus/clock.ts';
import type { Message, ReceiveOptions } from '../../bus/queue.ts';
import { Receiver } from '../receiver.ts';

/** How long receivers wait, in ms, before they look again though nothing woke them. */
const LOOK_AGAIN_MS = 1000;

/** What receivers need of their queue. */
export interface ReceivableQueue {
  /** Milliseconds until a message is visible: 0 when one is, `undefined` when there is none. */
  visibleIn(): number | undefined;
  /**
   * Calls `serve` in a transaction that only one process is in at a time, with what takes messages;
   * resolves when it is committed.
   */
  claim(serve: (take: TakeMessages) => void): Promise<void>;
}

export type TakeMessages = (options: ReceiveOptions) => Message[];

/**
 * The receives of one process that wait on one queue, first come, first served. One transaction
 * serves all that wait. A receive that was aborted or whose time is up takes no message.
 */
export class QueueReceivers {
  readonly #clock: Clock;
  readonly #queue: ReceivableQueue;
  readonly #waiting = new Set<Receiver>();
  #isServing = false;
  #mustLookAgain = false;
  #timer: unknown;

  constructor(clock: Clock, queue: ReceivableQueue) {
    this.#clock = clock;
    this.#queue = queue;
  }

  async receive(options: ReceiveOptions): Promise<Message[]> {
    if (options.signal?.aborted) return [];
    const receiver = new Receiver(this.#clock, options, (ended) => this.#waiting.delete(ended));
    this.#waiting.add(receiver);
    this.look();
    return receiver.received;
  }

  /** Looks whether there is something for those who wait. */
  look(): void {
    if (this.#isServing) this.#mustLookAgain = true;
    else if (this.#waiting.size > 0) void this.#serve();
  }

  /** Ends every wait. */
  close(): void {
    for (const receiver of this.#waiting) receiver.settle([]);
    this.#clock.clearTimeout(this.#timer);
  }

  async #serve(): Promise<void> {
    this.#isServing = true;
    this.#clock.clearTimeout(this.#timer);
    let visibleIn: number | undefined;
    do {
      this.#mustLookAgain = false;
      visibleIn = await this.#serveOnce();
    } while (this.#mustLookAgain && this.#waiting.size > 0);
    this.#isServing = false;
    if (this.#waiting.size === 0) return;
    const lookAgainIn = Math.min(visibleIn ?? LOOK_AGAIN_MS, LOOK_AGAIN_MS);
    this.#timer = this.#clock.setTimeout(() => this.look(), lookAgainIn);
  }

  /** Serves those who wait now. Resolves with the ms until others who wait should look, if known. */
  async #serveOnce(): Promise<number | undefined> {
    const asking = [...this.#waiting];
    const given = new Map<Receiver, Message[]>();
    try {
      if (this.#queue.visibleIn() === 0) {
        await this.#queue.claim((take) => give(asking, take, given));
      }
      const now = this.#clock.now();
      for (const [receiver, messages] of given) receiver.settle(messages);
      for (const receiver of asking) {
        if (receiver.isWaiting && receiver.deadline <= now) receiver.settle([]);
      }
      return this.#waiting.size > 0 ? this.#queue.visibleIn() : undefined;
    } catch (error) {
      for (const receiver of asking) receiver.fail(error);
      return undefined;
    }
  }
}

/** Takes messages for those who still wait, in turn, and notes who gets what. */
function give(
  receivers: readonly Receiver[],
  take: TakeMessages,
  given: Map<Receiver, Message[]>,
): void {
  for (const receiver of receivers) {
    if (!receiver.isWaiting) continue;
    const messages = take(receiver.options);
    if (messages.length === 0) return;
    receiver.hold();
    given.set(receiver, messages);
  }
}
