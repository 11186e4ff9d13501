import type { Database } from 'lmdb';

import type { Clock } from '../../bus/clock.ts';

const LATEST = 'latest-time';
const OFFSET = 'time-offset';

/**
 * Time as the queues of one folder see it, in whole milliseconds: the clock's, except that it never
 * goes back, for any process. A clock set back an hour would otherwise hide the messages in flight
 * for that hour; here the queues' time goes on from where it was, and keeps the difference.
 */
export class QueueTime {
  readonly #counters: Database<number, string>;
  readonly #clock: Clock;

  constructor(counters: Database<number, string>, clock: Clock) {
    this.#counters = counters;
    this.#clock = clock;
  }

  now(): number {
    return Math.max(this.#shifted(), this.#latest());
  }

  /** `now()` in a write transaction, which all later ones will be no earlier than. */
  record(): number {
    const latest = this.#latest();
    const shifted = this.#shifted();
    if (shifted < latest) this.#counters.putSync(OFFSET, this.#offset() + latest - shifted);
    if (shifted > latest) this.#counters.putSync(LATEST, shifted);
    return Math.max(shifted, latest);
  }

  #shifted(): number {
    return Math.floor(this.#clock.now()) + this.#offset();
  }

  #latest(): number {
    return this.#counters.get(LATEST) ?? 0;
  }

  #offset(): number {
    return this.#counters.get(OFFSET) ?? 0;
  }
}
