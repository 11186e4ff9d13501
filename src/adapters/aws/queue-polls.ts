import type { Clock } from '../../bus/clock.ts';
import type { Message, ReceiveOptions } from '../../bus/queue.ts';

/** The most messages that one call brings. */
const MAX_MESSAGES = 10;

export interface PollsOptions {
  readonly clock: Clock;
  /** Makes one call that waits for so many seconds at most. */
  readonly poll: (max: number, waitSeconds: number) => Promise<Message[]>;
  /** Gives back what nobody wants any more. */
  readonly release: (messages: readonly Message[]) => Promise<void>;
}

interface Waiting {
  readonly max: number;
  readonly signal: AbortSignal | undefined;
  readonly deadline: number;
  readonly settle: (messages: Message[]) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * The receives of one process that wait equally long on one queue: one long poll at a time asks for
 * all who wait. Who comes while a poll is out waits for the next one, which is soon where there are
 * messages; where there are none, that may make the wait up to twice as long as asked for.
 *
 * A poll that is out cannot be taken back: SQS may have hidden a message already. A receive that is
 * aborted ends with its poll, when what it brought has been given to others or back to the queue.
 */
export class Polls {
  readonly #options: PollsOptions;
  #line: Waiting[] = [];
  #isPolling = false;

  constructor(options: PollsOptions) {
    this.#options = options;
  }

  receive({ max, waitSeconds, signal }: ReceiveOptions): Promise<Message[]> {
    const { clock } = this.#options;
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        if (this.#line.includes(waiting)) waiting.settle([]);
      };
      const end = (): void => {
        this.#line = this.#line.filter((other) => other !== waiting);
        signal?.removeEventListener('abort', leave);
      };
      const waiting: Waiting = {
        max,
        signal,
        deadline: clock.now() + waitSeconds * 1000,
        settle(messages) {
          end();
          resolve(messages);
        },
        fail(error) {
          end();
          reject(error);
        },
      };
      this.#line.push(waiting);
      signal?.addEventListener('abort', leave);
      if (!this.#isPolling) this.#pollSoon();
    });
  }

  /** Slots that become free at one moment get one poll. */
  #pollSoon(): void {
    this.#isPolling = true;
    this.#options.clock.setTimeout(() => void this.#pollWhileAsked(), 0);
  }

  async #pollWhileAsked(): Promise<void> {
    while (this.#line.length > 0) {
      const asking = this.#line.splice(0, this.#askingTogether());
      try {
        await this.#pollFor(asking);
      } catch (error) {
        for (const { fail } of asking) fail(error);
      }
    }
    this.#isPolling = false;
  }

  /** How many of those in the line one poll can serve. */
  #askingTogether(): number {
    let max = 0;
    const full = this.#line.findIndex((waiting) => (max += waiting.max) >= MAX_MESSAGES);
    return full === -1 ? this.#line.length : full + 1;
  }

  async #pollFor(asking: readonly Waiting[]): Promise<void> {
    const { poll, release } = this.#options;
    const max = asking.reduce((sum, waiting) => sum + waiting.max, 0);
    const wait = Math.max(...asking.map((waiting) => this.#secondsLeft(waiting)));
    const messages = await poll(Math.min(max, MAX_MESSAGES), wait);

    const takers = asking.filter(({ signal }) => !signal?.aborted);
    for (const taker of [...takers, ...this.#line]) {
      if (messages.length > 0) taker.settle(messages.splice(0, taker.max));
      else if (takers.includes(taker)) this.#goOnWaiting(taker);
    }
    if (messages.length > 0) await release(messages);
    for (const waiting of asking) if (waiting.signal?.aborted) waiting.settle([]);
  }

  #goOnWaiting(waiting: Waiting): void {
    if (this.#secondsLeft(waiting) <= 0) waiting.settle([]);
    else this.#line.push(waiting);
  }

  #secondsLeft({ deadline }: Waiting): number {
    return Math.max(0, Math.round((deadline - this.#options.clock.now()) / 1000));
  }
}
