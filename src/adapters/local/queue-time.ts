import type { Clock } from '../../bus/clock.ts';
import type { QueueTables } from './queue-tables.ts';

type Counters = QueueTables['counters'];

const LATEST = 'latest-time';
const SHIFT = 'time-shift';

/**
 * Time as the queues of one folder see it, in whole milliseconds: the clock's, except that it never
 * goes back. A clock set back an hour would otherwise hide the messages in flight for that hour;
 * here time goes on from where it was, the difference is kept, and other processes take it over.
 */
export class QueueTime {
  readonly #clock: Clock;
  /** What is added to the clock. */
  #shift = 0;
  #latest = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(counters: Counters): number {
    const latest = Math.max(this.#latest, counters.get(LATEST) ?? 0);
    this.#shift = Math.max(this.#shift, counters.get(SHIFT) ?? 0);
    const time = Math.floor(this.#clock.now()) + this.#shift;
    if (time < latest) this.#shift += latest - time;
    this.#latest = Math.max(time, latest);
    return this.#latest;
  }

  /** `now()` in a write transaction: no process will see an earlier time after it. */
  record(counters: Counters): number {
    const now = this.now(counters);
    if (counters.get(LATEST) !== now) counters.putSync(LATEST, now);
    if ((counters.get(SHIFT) ?? 0) !== this.#shift) counters.putSync(SHIFT, this.#shift);
    return now;
  }
}
