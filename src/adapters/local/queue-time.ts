import type { Database } from 'lmdb';

import type { Clock } from '../../bus/clock.ts';

const LATEST = 'latest-time';
const SHIFT = 'time-shift';

/**
 * Time as the queues of one folder see it, in whole milliseconds: the clock's, except that it never
 * goes back. A clock set back an hour would otherwise hide the messages in flight for that hour;
 * here time goes on from where it was, the difference is kept, and other processes take it over.
 */
export class QueueTime {
  readonly #counters: Database<number, string>;
  readonly #clock: Clock;
  /** What is added to the clock. */
  #shift = 0;
  #latest = 0;

  constructor(counters: Database<number, string>, clock: Clock) {
    this.#counters = counters;
    this.#clock = clock;
  }

  now(): number {
    const latest = Math.max(this.#latest, this.#stored(LATEST));
    this.#shift = Math.max(this.#shift, this.#stored(SHIFT));
    const time = Math.floor(this.#clock.now()) + this.#shift;
    if (time < latest) this.#shift += latest - time;
    this.#latest = Math.max(time, latest);
    return this.#latest;
  }

  /** `now()` in a write transaction: no process will see an earlier time after it. */
  record(): number {
    const now = this.now();
    if (this.#stored(LATEST) !== now) this.#counters.putSync(LATEST, now);
    if (this.#stored(SHIFT) !== this.#shift) this.#counters.putSync(SHIFT, this.#shift);
    return now;
  }

  #stored(counter: string): number {
    return this.#counters.get(counter) ?? 0;
  }
}
