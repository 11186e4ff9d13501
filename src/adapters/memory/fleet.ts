import type { Clock } from '../../bus/clock.ts';
import type { Fleet, InstanceDescription, InstanceResult, InstanceState } from '../../bus/fleet.ts';
import { FleetFaults } from './fleet-faults.ts';

/** What runs on the instances. */
export interface FleetGuests {
  /** The instance is up. */
  booted(id: string): void;
  /** The instance is to stop; it does when the promise resolves. */
  drain(id: string): Promise<void>;
  /** The instance is gone from one moment to the next. */
  killed(id: string): void;
}

export interface MemoryFleetOptions {
  readonly clock: Clock;
  /** How many instances the pool has at first, all stopped. */
  readonly size: number;
  /** Draws how long an instance is `pending`, in milliseconds. */
  readonly bootMs: () => number;
  /** Draws how long an instance is `stopping` once its guest has drained, in milliseconds. */
  readonly stopMs: () => number;
  readonly guests?: FleetGuests;
}

interface Instance {
  readonly id: string;
  now: InstanceDescription;
  /** The states it was in, oldest first, as far back as `describe` may look. */
  readonly history: { readonly from: number; readonly description: InstanceDescription }[];
  timer: unknown;
  /** Bumped by whatever makes a change under way pointless. */
  epoch: number;
}

/** A fleet with EC2's semantics that lives in memory, on the injected clock. */
export class MemoryFleet implements Fleet {
  /** What goes wrong with it. */
  readonly faults: FleetFaults;
  readonly #options: MemoryFleetOptions;
  readonly #instances = new Map<string, Instance>();
  #created = 0;
  /** How many are pending or running. */
  #active = 0;

  constructor(options: MemoryFleetOptions) {
    this.#options = options;
    this.faults = new FleetFaults(options.clock);
    for (let index = 0; index < options.size; index++) this.#create();
  }

  async describe(): Promise<InstanceDescription[]> {
    await this.faults.beforeCall('describe');
    const asOf = this.#options.clock.now() - this.faults.describeLagMs();
    const descriptions: InstanceDescription[] = [];
    for (const { history } of this.#instances.values()) {
      const seen = history.findLast(({ from }) => from <= asOf);
      if (seen) descriptions.push(seen.description);
    }
    await this.faults.afterCall('describe');
    return descriptions;
  }

  start(ids: readonly string[]): Promise<InstanceResult[]> {
    return this.#command('start', ids, (instance) => {
      const { state } = instance.now;
      if (state === 'pending' || state === 'running') return undefined;
      if (state !== 'stopped') return 'IncorrectInstanceState';
      if (this.#active >= this.faults.capacity) return 'InsufficientInstanceCapacity';
      this.#boot(instance);
      return undefined;
    });
  }

  stop(ids: readonly string[]): Promise<InstanceResult[]> {
    return this.#command('stop', ids, (instance) => {
      const { state } = instance.now;
      if (state === 'stopping' || state === 'stopped') return undefined;
      if (state !== 'running') return 'IncorrectInstanceState';
      void this.#drain(instance, 'stopping', 'stopped');
      return undefined;
    });
  }

  async launch(count: number): Promise<InstanceResult[]> {
    await this.faults.beforeCall('launch');
    return Array.from({ length: count }, () => {
      const instance = this.#create();
      this.#boot(instance);
      return { id: instance.id, state: 'pending' };
    });
  }

  terminate(ids: readonly string[]): Promise<InstanceResult[]> {
    return this.#command('terminate', ids, (instance) => {
      void this.#drain(instance, 'shutting-down', 'terminated');
      return undefined;
    });
  }

  /** The state that an instance is really in, whatever `describe` shows; undefined when gone. */
  stateOf(id: string): InstanceState | undefined {
    return this.#instances.get(id)?.now.state;
  }

  get ids(): string[] {
    return [...this.#instances.keys()];
  }

  /** Stops an instance from one moment to the next, as a crash or a pulled plug does. */
  kill(id: string): void {
    const instance = this.#instances.get(id);
    if (!instance) return;
    this.#enter(instance, 'stopped');
    this.#options.guests?.killed(id);
  }

  /** Removes every trace of an instance. */
  vanish(id: string): void {
    this.kill(id);
    this.#instances.delete(id);
  }

  #create(): Instance {
    const id = `i-${String(++this.#created).padStart(2, '0')}`;
    // As on EC2, every instance was launched once: when it was made.
    const now = { id, state: 'stopped', launchedAt: this.#options.clock.now() - 1 } as const;
    const instance: Instance = { id, now, history: [], timer: undefined, epoch: 0 };
    this.#instances.set(id, instance);
    this.#enter(instance, 'stopped');
    return instance;
  }

  #boot(instance: Instance): void {
    this.#enter(instance, 'pending', this.#options.clock.now());
    this.#later(instance, this.#options.bootMs(), () => {
      this.#enter(instance, 'running');
      this.#options.guests?.booted(instance.id);
    });
  }

  async #drain(instance: Instance, through: InstanceState, to: InstanceState): Promise<void> {
    const wasUp = instance.now.state === 'running';
    this.#enter(instance, through);
    const { epoch } = instance;
    if (wasUp) await this.#options.guests?.drain(instance.id);
    if (instance.epoch !== epoch) return;
    this.#later(instance, this.#options.stopMs(), () => this.#enter(instance, to));
  }

  /** Runs `change` after `ms`, unless the instance was changed otherwise or is being held. */
  #later(instance: Instance, ms: number, change: () => void): void {
    const { epoch } = instance;
    instance.timer = this.#options.clock.setTimeout(() => {
      this.faults.unlessHeld(instance.id, () => {
        if (instance.epoch === epoch) change();
      });
    }, ms);
  }

  #enter(instance: Instance, state: InstanceState, launchedAt?: number): void {
    const { clock } = this.#options;
    clock.clearTimeout(instance.timer);
    instance.epoch++;
    const { history } = instance;
    if (isActive(instance.now)) this.#active--;
    instance.now = { ...instance.now, state, ...(launchedAt !== undefined && { launchedAt }) };
    if (isActive(instance.now)) this.#active++;
    history.push({ from: clock.now(), description: instance.now });
    const oldest = clock.now() - this.faults.maxDescribeLagMs;
    while ((history[1]?.from ?? Infinity) <= oldest) history.shift();
  }

  async #command(
    call: 'start' | 'stop' | 'terminate',
    ids: readonly string[],
    refusalOf: (instance: Instance) => string | undefined,
  ): Promise<InstanceResult[]> {
    await this.faults.beforeCall(call);
    const results = ids.map((id): InstanceResult => {
      const instance = this.#instances.get(id);
      if (!instance) return refused(id, 'InvalidInstanceID.NotFound');
      const code = this.faults.refusalOf(id) ?? refusalOf(instance);
      return code === undefined ? { id, state: instance.now.state } : refused(id, code);
    });
    await this.faults.afterCall(call);
    return results;
  }
}

const isActive = ({ state }: InstanceDescription): boolean =>
  state === 'pending' || state === 'running';

const refused = (id: string, code: string): InstanceResult => ({
  id,
  error: { code, message: `The fleet refused ${id}: ${code}.` },
});
