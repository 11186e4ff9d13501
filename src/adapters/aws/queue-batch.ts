import type { Clock } from '../../bus/clock.ts';

/** SQS takes so many entries in one call. */
const MAX_ENTRIES = 10;

/** A call goes out as soon as every third of those that may come has come. */
const SHARE = 3;

export interface BatchOptions<T> {
  readonly clock: Clock;
  /** How long an entry waits for company at most, in milliseconds. */
  readonly lingerMs: number;
  /** How many entries, those that wait included, may come while one waits. */
  readonly company: () => number;
  /** What the entries of one call may weigh together, in bytes. */
  readonly maxBytes: number;
  readonly bytesOf: (entry: T) => number;
  /** Makes the call; resolves with what went wrong for each entry, `undefined` where nothing did. */
  readonly call: (entries: readonly T[]) => Promise<readonly (Error | undefined)[]>;
}

interface Waiting<T> {
  readonly entry: T;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Puts what several slots of one process do at about the same time into one call. With three slots
 * or fewer nothing ever waits; with ten a call carries about four entries, while most slots work.
 */
export class Batch<T> {
  readonly #options: BatchOptions<T>;
  #waiting: Waiting<T>[] = [];
  #timer: unknown;

  constructor(options: BatchOptions<T>) {
    this.#options = options;
  }

  /** Resolves when every entry has gone through; rejects with the first that did not. */
  async add(entries: readonly T[]): Promise<void> {
    const done = entries.map(
      (entry) =>
        new Promise<void>((resolve, reject) => {
          this.#waiting.push({ entry, resolve, reject });
        }),
    );
    const { clock, company, lingerMs } = this.#options;
    if (this.#waiting.length * SHARE >= company()) this.#flush();
    else this.#timer ??= clock.setTimeout(() => this.#flush(), lingerMs);
    await Promise.all(done);
  }

  #flush(): void {
    this.#options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#waiting.length > 0) void this.#call(this.#waiting.splice(0, this.#fitting()));
  }

  /** How many of the first that wait fit one call: one at least. */
  #fitting(): number {
    const { bytesOf, maxBytes } = this.#options;
    let bytes = 0;
    const tooMany = this.#waiting.findIndex(({ entry }, index) => {
      bytes += bytesOf(entry);
      return index === MAX_ENTRIES || (index > 0 && bytes > maxBytes);
    });
    return tooMany === -1 ? this.#waiting.length : tooMany;
  }

  async #call(batch: readonly Waiting<T>[]): Promise<void> {
    try {
      const failures = await this.#options.call(batch.map(({ entry }) => entry));
      batch.forEach(({ resolve, reject }, index) => {
        const failure = failures[index];
        if (failure === undefined) resolve();
        else reject(failure);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
