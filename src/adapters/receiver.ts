import type { Clock } from '../bus/clock.ts';
import type { Message, ReceiveOptions } from '../bus/queue.ts';

/** One receive that waits: until it is given messages, its time is up, or its signal aborts. */
export class Receiver {
  readonly options: ReceiveOptions;
  /** When its time is up, on the clock it was made with. */
  readonly deadline: number;
  readonly received: Promise<Message[]>;
  readonly #clock: Clock;
  readonly #timer: unknown;
  readonly #giveUp = (): void => this.settle([]);
  readonly #onEnd: (receiver: Receiver) => void;
  #resolve: (messages: Message[]) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  #isWaiting = true;

  /** @param onEnd - called once, when the wait is over */
  constructor(clock: Clock, options: ReceiveOptions, onEnd: (receiver: Receiver) => void) {
    this.options = options;
    this.#onEnd = onEnd;
    this.#clock = clock;
    this.received = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const waitMs = options.waitSeconds * 1000;
    this.deadline = clock.now() + waitMs;
    if (waitMs > 0) this.#timer = clock.setTimeout(this.#giveUp, waitMs);
    options.signal?.addEventListener('abort', this.#giveUp, { once: true });
  }

  /** Whether it may be given messages. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** Stops the wait: messages are on their way, and neither time nor signal takes them back. */
  hold(): void {
    if (!this.#isWaiting) return;
    this.#isWaiting = false;
    this.#onEnd(this);
    this.#clock.clearTimeout(this.#timer);
    this.options.signal?.removeEventListener('abort', this.#giveUp);
  }

  settle(messages: Message[]): void {
    this.hold();
    this.#resolve(messages);
  }

  fail(error: unknown): void {
    this.hold();
    this.#reject(error);
  }
}
