import type { BackoffLimits } from './backoff.ts';

/** When the controller does what; milliseconds. */
export interface ControllerTiming {
  /** How long to wait before looking again. */
  readonly tickMs: number;
  /** How long to wait, once woken, for what else happens at the same moment. */
  readonly gatherMs: number;
  /** How long a call may take before the controller goes on without its answer. */
  readonly callMs: number;
  /** How old counts may be to act on them. */
  readonly countsMaxAgeMs: number;
  readonly backoff: BackoffLimits;
}

const TIMING = {
  callMs: 30_000,
  countsMaxAgeMs: 120_000,
  backoff: { firstMs: 1000, maxMs: 60_000 },
};

export const LOCAL_TIMING: ControllerTiming = { ...TIMING, tickMs: 1000, gatherMs: 50 };
export const AWS_TIMING: ControllerTiming = { ...TIMING, tickMs: 5000, gatherMs: 1000 };
