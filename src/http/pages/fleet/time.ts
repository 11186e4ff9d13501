const timeOf = (timeZone?: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat(undefined, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    ...(timeZone !== undefined && { timeZone }),
  });

const DAY_TIME = timeOf();
/** Simulated time begins with zero, and is no time of day anywhere. */
const ELAPSED = timeOf('UTC');

let time = DAY_TIME;

/** From now on times are said as those of the day, or as what has passed since the beginning. */
export function sayTimesAs(kind: 'time of day' | 'time passed'): void {
  time = kind === 'time of day' ? DAY_TIME : ELAPSED;
}

const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/** A time of day with tenths of a second: `11:03:12.4`. */
export const clockTime = (at: number): string =>
  `${time.format(at)}.${Math.floor((((at % 1000) + 1000) % 1000) / 100)}`;

export const dayOf = (at: number): string => DAY.format(at);

/** A difference between this machine's two clocks that grows by more is a sleep, or a correction. */
const ASLEEP_MS = 5000;

/**
 * The server's time, whatever this machine's clock says: it is told once, and runs on by the time
 * that has passed since.
 */
export class ServerClock {
  #toldAt = 0;
  #now = 0;
  #difference = 0;

  tell(now: number): void {
    this.#now = now;
    this.#toldAt = performance.now();
    this.#difference = Date.now() - this.#toldAt;
  }

  /** Whether it has to be told again: what time runs on by may stand still while a machine sleeps. */
  get hasSlept(): boolean {
    return Math.abs(Date.now() - performance.now() - this.#difference) > ASLEEP_MS;
  }

  now(): number {
    return this.#now + performance.now() - this.#toldAt;
  }
}
