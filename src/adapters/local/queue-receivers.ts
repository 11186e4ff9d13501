import type { Clock } from '../../bus/clock.ts';
import type { Message, ReceiveOptions } from '../../bus/queue.ts';

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

export type TakeMessages = (options: { max: number; visibilitySeconds: number }) => Message[];

interface Receiver {
  readonly options: ReceiveOptions;
  readonly deadline: number;
  /** What it got, once it got something; then nothing takes it back. */
  messages?: Message[];
  readonly settle: (messages: Message[]) => void;
  readonly fail: (error: unknown) => void;
}

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

  receive(options: ReceiveOptions): Promise<Message[]> {
    return new Promise((resolve, reject) => {
      const { signal, waitSeconds } = options;
      if (signal?.aborted) {
        resolve([]);
        return;
      }
      const waitMs = waitSeconds * 1000;
      const leave = (): void => {
        this.#waiting.delete(receiver);
        this.#clock.clearTimeout(timer);
        signal?.removeEventListener('abort', giveUp);
      };
      const receiver: Receiver = {
        options,
        deadline: this.#clock.now() + waitMs,
        settle: (messages) => {
          leave();
          resolve(messages);
        },
        fail: (error) => {
          leave();
          reject(error);
        },
      };
      const giveUp = (): void => {
        if (receiver.messages === undefined) receiver.settle([]);
      };
      const timer = waitMs > 0 ? this.#clock.setTimeout(giveUp, waitMs) : undefined;
      signal?.addEventListener('abort', giveUp, { once: true });
      this.#waiting.add(receiver);
      this.look();
    });
  }

  /** Looks whether there is something for those who wait. */
  look(): void {
    if (this.#isServing) this.#mustLookAgain = true;
    else if (this.#waiting.size > 0) void this.#serve();
  }

  /** Ends every wait. */
  close(): void {
    for (const receiver of this.#waiting) {
      if (receiver.messages === undefined) receiver.settle([]);
    }
    this.#clock.clearTimeout(this.#timer);
  }

  async #serve(): Promise<void> {
    this.#isServing = true;
    this.#clock.clearTimeout(this.#timer);
    let visibleIn: number | undefined;
    try {
      do {
        this.#mustLookAgain = false;
        await this.#serveOnce();
        visibleIn = this.#queue.visibleIn();
      } while (this.#mustLookAgain && this.#waiting.size > 0);
    } catch (error) {
      for (const receiver of this.#waiting) receiver.fail(error);
    }
    this.#isServing = false;
    if (this.#waiting.size === 0) return;
    const lookAgainIn = Math.min(visibleIn ?? LOOK_AGAIN_MS, LOOK_AGAIN_MS);
    this.#timer = this.#clock.setTimeout(() => this.look(), lookAgainIn);
  }

  async #serveOnce(): Promise<void> {
    const asking = [...this.#waiting];
    if (this.#queue.visibleIn() === 0) {
      await this.#queue.claim((take) => this.#give(asking, take));
    }
    const now = this.#clock.now();
    for (const receiver of asking) {
      if (receiver.messages !== undefined) receiver.settle(receiver.messages);
      else if (receiver.deadline <= now && this.#waiting.has(receiver)) receiver.settle([]);
    }
  }

  #give(receivers: readonly Receiver[], take: TakeMessages): void {
    for (const receiver of receivers) {
      if (!this.#waiting.has(receiver)) continue;
      const messages = take(receiver.options);
      if (messages.length === 0) return;
      receiver.messages = messages;
    }
  }
}
