import type { Clock } from '../bus/clock.ts';
import type { PublishedEvent } from '../bus/event-bus.ts';

export interface TrafficOptions {
  readonly clock: Clock;
  readonly publish: (event: PublishedEvent) => void;
}

/** From the first photo on for so long, then it is told. */
const PERIOD_MS = 1000;

/**
 * Counts the photos that arrive and are answered, and how long each took, and tells it in one event a
 * second; while nothing happens it says nothing.
 */
export class Traffic {
  readonly #options: TrafficOptions;
  #since = 0;
  #arrived = 0;
  #latencies: number[] = [];
  #timer: unknown;

  constructor(options: TrafficOptions) {
    this.#options = options;
  }

  arrived(): void {
    this.#begin();
    this.#arrived++;
  }

  /** @param ms - from when the photo arrived */
  answered(ms: number): void {
    this.#begin();
    this.#latencies.push(ms);
  }

  /** Tells at once what is not told yet. */
  flush(): void {
    const { clock, publish } = this.#options;
    clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#arrived + this.#latencies.length === 0) return;
    const sorted = this.#latencies.toSorted((a, b) => a - b);
    publish({
      type: 'web.traffic',
      since: this.#since,
      arrived: this.#arrived,
      answered: sorted.length,
      ...(sorted.length > 0 && { p50Ms: quantile(sorted, 0.5), p95Ms: quantile(sorted, 0.95) }),
    });
    this.#arrived = 0;
    this.#latencies = [];
  }

  #begin(): void {
    if (this.#timer !== undefined) return;
    this.#since = this.#options.clock.now();
    this.#timer = this.#options.clock.setTimeout(() => this.flush(), PERIOD_MS);
  }
}

/** The least of the sorted values that so large a part of them does not exceed (nearest rank). */
const quantile = (sorted: readonly number[], part: number): number =>
  Math.round(sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0);
