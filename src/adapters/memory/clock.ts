import type { Clock } from '../../bus/clock.ts';
import { Timer, TimerHeap } from './clock-heap.ts';

/**
 * A clock that stands still until it is told to go, and then visits every time at which something is
 * due, so that timers set by timers run when they should. Timers due at one time run in the order in
 * which they were set. As in Node, a delay under 1 ms is 1 ms; so time always gets on.
 */
export class SteppedClock implements Clock {
  #now: number;
  #sequence = 0;
  readonly #timers = new TimerHeap();

  /** @param startAt - milliseconds since the Unix epoch */
  constructor(startAt = 0) {
    this.#now = startAt;
  }

  now(): number {
    return this.#now;
  }

  setTimeout(fn: () => void, ms: number): unknown {
    const timer = new Timer(this.#now + (ms >= 1 ? ms : 1), this.#sequence++, fn);
    this.#timers.push(timer);
    return timer;
  }

  clearTimeout(timer: unknown): void {
    if (timer instanceof Timer) this.#timers.remove(timer);
  }

  /** When the next timer is due; `undefined` when none is set. */
  get nextDue(): number | undefined {
    return this.#timers.first?.dueAt;
  }

  /**
   * Goes to the next due time and runs everything due then, until every promise that can settle
   * without time or input has. Resolves with whether there was anything; rejects with what a timer
   * threw (the rest stays due).
   */
  async step(): Promise<boolean> {
    await settled();
    const due = this.nextDue;
    if (due === undefined) return false;
    this.#runUntil(due);
    await settled();
    return true;
  }

  /**
   * Goes `ms` milliseconds ahead, through every due time on the way. The event loop gets a turn first,
   * and none on the way.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (let due = this.nextDue; due !== undefined && due <= end; due = this.nextDue) {
      this.#runUntil(due);
      await promisesSettled();
    }
    this.#now = end;
  }

  #runUntil(time: number): void {
    this.#now = time;
    for (let timer = this.#timers.first; timer && timer.dueAt <= time; timer = this.#timers.first) {
      this.#timers.remove(timer);
      timer.fn();
    }
  }
}

/** Whatever promises could settle has settled: a tick of Node's comes when no job of a promise is left. */
function promisesSettled(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}

/** The same after a turn of the event loop, so that others get theirs. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
