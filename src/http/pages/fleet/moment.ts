import type { Span } from './tracks.ts';

/** From when to when there is anything to see; the end moves on while it is live. */
export interface Bounds {
  readonly begin: number;
  readonly end: () => number;
  readonly isLive: boolean;
}

const SHORTEST_MS = 2000;
const LONGEST_MS = 7 * 86_400_000;

/** Beyond a moment that is looked for, this part of the span is shown. */
const AHEAD = 1 / 3;

/**
 * The moment that the page shows and the span of time around it: now, or any other one, standing still
 * or played. All times are in milliseconds since the Unix epoch, by the server's clock.
 */
export class Moment {
  speed = 1;
  #mode: 'live' | 'still' | 'playing' = 'still';
  #at = 0;
  #width = 120_000;
  /** End of the span; that of the moment while undefined. */
  #until: number | undefined;
  #bounds: Bounds = { begin: 0, end: () => 0, isLive: false };

  get mode(): 'live' | 'still' | 'playing' {
    return this.#mode;
  }

  get at(): number {
    return this.#at;
  }

  get bounds(): Bounds {
    return this.#bounds;
  }

  get span(): Span {
    const to = this.#until ?? this.#at;
    return { from: to - this.#width, to };
  }

  get width(): number {
    return this.#width;
  }

  /** Where between begin and end it is, 0 to 1. */
  get fraction(): number {
    const { begin, end } = this.#bounds;
    return (this.#at - begin) / Math.max(1, end() - begin);
  }

  /** The span that would be shown before a time. */
  spanBefore(to: number): Span {
    return { from: to - this.#width, to };
  }

  /** Goes into another history: to a moment of it, or else to its end, which is now while it is live. */
  enter(bounds: Bounds, at?: number): void {
    this.#bounds = bounds;
    this.#until = undefined;
    if (at === undefined) {
      this.#at = bounds.end();
      this.#mode = bounds.isLive ? 'live' : 'still';
    } else {
      this.seek(at);
    }
  }

  seek(at: number): void {
    const { begin, end } = this.#bounds;
    const { from, to } = this.span;
    this.#mode = 'still';
    this.#at = Math.max(begin, Math.min(at, end()));
    // The picture stays where it is as long as the moment is on it.
    const isShown = this.#at >= from && this.#at <= to;
    this.#until = isShown ? to : Math.min(this.#at + this.#width * AHEAD, end());
  }

  /** Follows the present. */
  goLive(): void {
    if (!this.#bounds.isLive) return;
    this.#mode = 'live';
    this.#until = undefined;
  }

  /** Plays on from here; a recording that is over begins again. */
  play(): void {
    const { begin, end, isLive } = this.#bounds;
    if (!isLive && this.#at >= end()) this.seek(begin);
    this.#mode = 'playing';
  }

  stop(): void {
    this.#mode = 'still';
  }

  /** Lets so much time pass, unless what would be shown then is not known yet. */
  pass(elapsedMs: number, knows: (at: number) => boolean): void {
    if (this.#mode === 'still') return;
    const end = this.#bounds.end();
    if (this.#mode === 'live') {
      this.#at = end;
      return;
    }
    const next = Math.min(this.#at + elapsedMs * this.speed, end);
    if (!knows(next)) return;
    this.#at = next;
    if (this.#until !== undefined && next > this.#until) this.#until = next + this.#width * AHEAD;
    if (next < end) return;
    if (this.#bounds.isLive) this.goLive();
    else this.stop();
  }

  zoom(factor: number, around = this.#at): void {
    const width = Math.max(SHORTEST_MS, Math.min(LONGEST_MS, this.#width * factor));
    if (this.#until !== undefined) {
      const part = (around - this.span.from) / this.#width;
      this.#until = around + (1 - part) * width;
    }
    this.#width = width;
  }

  pan(ms: number): void {
    if (this.#mode === 'live') this.#mode = 'still';
    this.#until = this.span.to + ms;
  }
}
