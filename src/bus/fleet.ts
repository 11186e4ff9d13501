/** EC2's instance states. */
export type InstanceState =
  | 'pending'
  | 'running'
  | 'stopping'
  | 'stopped'
  | 'shutting-down'
  | 'terminated';

export interface InstanceDescription {
  readonly id: string;
  readonly state: InstanceState;
  /**
   * When it was last started, in milliseconds since the Unix epoch by the provider's clock. Always
   * told of what is pending or running; of other instances only if the provider remembers.
   */
  readonly launchedAt?: number;
}

/**
 * What one call did to one instance: a partial failure is a value, not an exception. Codes are EC2's
 * (`IncorrectInstanceState`, `InsufficientInstanceCapacity`, `RequestLimitExceeded`, …).
 */
export type InstanceResult =
  | { readonly id: string; readonly state: InstanceState }
  | { readonly id: string; readonly error: { readonly code: string; readonly message: string } };

/**
 * The pool of instances that workers run on, with EC2 semantics. A command that rejects may have
 * worked all the same (a lost answer); what the provider refused for certain is told per instance.
 */
export interface Fleet {
  /** Every instance of the fleet; terminated ones while the provider still lists them. */
  describe(): Promise<InstanceDescription[]>;
  /** Starts stopped instances; each is `pending` until its worker is up. */
  start(ids: readonly string[]): Promise<InstanceResult[]>;
  /** Stops running instances; each is `stopping` until its worker has drained and exited. */
  stop(ids: readonly string[]): Promise<InstanceResult[]>;
}
