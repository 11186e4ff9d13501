import { type Clock, sleep } from '../../bus/clock.ts';
import { FacefleetError } from '../../bus/errors.ts';

export type FleetCall = 'describe' | 'start' | 'stop' | 'launch' | 'terminate';

/** Thrown when a call to a memory fleet fails because it was told to. */
export class InjectedFaultError extends FacefleetError {
  readonly code = 'injected_fault';
}

/** How one call fails: before it did anything, after it worked, or by never coming back. */
export type CallFault = 'fails' | 'works, but its answer is lost' | 'hangs';

/** What goes wrong with a memory fleet, now or at its next calls. */
export class FleetFaults {
  /** How many instances may be active before the provider has no more. */
  capacity = Infinity;
  /** How far back `describe` may look at most; histories are kept for as long. */
  maxDescribeLagMs = 0;
  /** Draws how far back `describe` looks this time. */
  describeLagMs: () => number = () => 0;
  /** How long a call takes, in milliseconds. */
  callMs = 0;
  readonly #clock: Clock;
  readonly #next = new Map<FleetCall, CallFault[]>();
  readonly #refusals = new Map<string, string>();
  /** By instance: what is to happen once it is released. */
  readonly #held = new Map<string, (() => void)[]>();
  #throttledUntil = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The next calls of a kind fail, one after the other. */
  failNext(call: FleetCall, ...faults: readonly CallFault[]): void {
    this.#next.set(call, [...(this.#next.get(call) ?? []), ...faults]);
  }

  /** Every call is throttled for so long: RequestLimitExceeded. */
  throttle(ms: number): void {
    this.#throttledUntil = this.#clock.now() + ms;
  }

  /** Commands to this instance are refused with this code, until `undefined` is set. */
  refuse(id: string, code: string | undefined): void {
    if (code === undefined) this.#refusals.delete(id);
    else this.#refusals.set(id, code);
  }

  /** The instance stays in its pending or stopping until it is released. */
  hold(id: string): void {
    if (!this.#held.has(id)) this.#held.set(id, []);
  }

  release(id: string): void {
    const changes = this.#held.get(id) ?? [];
    this.#held.delete(id);
    for (const change of changes) change();
  }

  /** Does it now, or as soon as the instance is not held any more. */
  unlessHeld(id: string, change: () => void): void {
    const changes = this.#held.get(id);
    if (changes) changes.push(change);
    else change();
  }

  refusalOf(id: string): string | undefined {
    return this.#isThrottled() ? 'RequestLimitExceeded' : this.#refusals.get(id);
  }

  async beforeCall(call: FleetCall): Promise<void> {
    const [fault] = this.#next.get(call) ?? [];
    if (fault === 'works, but its answer is lost') return;
    if (fault !== undefined) this.#next.get(call)?.shift();
    if (fault === 'hangs') await new Promise<never>(() => {});
    if (fault === 'fails') throw new InjectedFaultError(`The call "${call}" failed.`);
    if (call === 'describe' && this.#isThrottled()) {
      throw new InjectedFaultError('RequestLimitExceeded: request limit exceeded.');
    }
    if (this.callMs > 0) await sleep(this.#clock, this.callMs);
  }

  async afterCall(call: FleetCall): Promise<void> {
    if (this.#next.get(call)?.[0] !== 'works, but its answer is lost') return;
    this.#next.get(call)?.shift();
    throw new InjectedFaultError(`The answer to "${call}" was lost.`);
  }

  #isThrottled(): boolean {
    return this.#clock.now() < this.#throttledUntil;
  }
}
