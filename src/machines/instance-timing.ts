/** How long an instance may take for what; milliseconds. */
export interface InstanceTiming {
  /** How long a command may go unseen before the next reading decides what became of it. */
  readonly settleMs: number;
  /** After so long in one settling state the instance is stuck. */
  readonly stuckMs: number;
  /** How long the worker of an instance that runs may take to say its first word. */
  readonly bootMs: number;
  /** How long an idle worker may be silent: three of its heartbeats. */
  readonly silentMs: number;
  /** How long a worker may have one photo in hand: the 150 s that a message may be hidden, and more. */
  readonly photoMs: number;
}

export const INSTANCE_TIMING: InstanceTiming = {
  settleMs: 30_000,
  stuckMs: 600_000,
  bootMs: 300_000,
  silentMs: 180_000,
  photoMs: 180_000,
};
