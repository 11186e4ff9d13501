export interface BackoffLimits {
  /** Milliseconds after the first failure. */
  readonly firstMs: number;
  /** Milliseconds that no wait exceeds. */
  readonly maxMs: number;
}

/**
 * How long to wait after the `failures`th failure in a row, in milliseconds: twice as long each
 * time, and jittered over the upper half of that so that those who failed together do not come back
 * together ("equal jitter", AWS Architecture Blog, "Exponential Backoff And Jitter", 2015).
 * @param fraction - the jitter's share, from [0, 1)
 */
export function backoffMs(failures: number, fraction: number, limits: BackoffLimits): number {
  const ceiling = Math.min(limits.firstMs * 2 ** (failures - 1), limits.maxMs);
  return Math.ceil(ceiling / 2 + (ceiling / 2) * fraction);
}
