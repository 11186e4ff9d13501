/**
 * Time as everything in facefleet sees it; also a clock for XState (`createActor(machine, { clock })`).
 * The real one is `adapters/system-clock.ts`; in simulated time the same code runs on a stepped one.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `fn` once, `ms` milliseconds from now; the result cancels it by `clearTimeout`. */
  setTimeout(fn: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

/**
 * Resolves after `ms` milliseconds on `clock`, or at once (without an error) when `signal` aborts.
 */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const done = (): void => {
      clock.clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer: unknown = clock.setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}
