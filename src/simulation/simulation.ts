import { SteppedClock } from '../adapters/memory/clock.ts';
import { MemoryFleet } from '../adapters/memory/fleet.ts';
import { EventBus, type PublishedEvent } from '../bus/event-bus.ts';
import { FleetProjection, type FleetView } from '../bus/fleet-view.ts';
import { type Random, seededRandom } from '../bus/random.ts';
import { AWS_TIMING, type ControllerTiming, LOCAL_TIMING } from '../machines/controller-timing.ts';
import { INSTANCE_TIMING } from '../machines/instance-timing.ts';
import { policies, type PolicyName } from '../machines/scaling/policies.ts';
import type { FleetLimits } from '../machines/scaling/snapshot.ts';
import { ModelledWork } from './modelled-work.ts';
import { MortalController } from './mortal-controller.ts';
import type { Work } from './work.ts';
import { exponential, uniform, type Workload } from './workload.ts';

/** What a simulated world is made to behave like. */
export interface Surroundings {
  readonly timing: ControllerTiming;
  /** Whether an arriving photo and a worker's exit reach the controller at once. */
  readonly isNear: boolean;
  readonly bootMs: (random: Random) => number;
  readonly stopMs: (random: Random) => number;
  readonly serviceMs: (random: Random) => number;
}

/** EC2 instances: half a minute to boot and to stop. */
export const AWS: Surroundings = {
  timing: AWS_TIMING,
  isNear: false,
  bootMs: (random) => uniform(random, 15_000, 45_000),
  stopMs: (random) => uniform(random, 10_000, 40_000),
  serviceMs: (random) => uniform(random, 500, 4500),
};

/** Worker processes on one machine. */
export const LOCAL: Surroundings = {
  timing: LOCAL_TIMING,
  isNear: true,
  bootMs: (random) => uniform(random, 400, 900),
  stopMs: (random) => uniform(random, 5, 50),
  serviceMs: (random) => exponential(random, 60),
};

export interface SimulationOptions {
  /** The same seed is the same world, to the last event. */
  readonly seed: number;
  readonly surroundings: Surroundings;
  /** Instances in the pool. */
  readonly pool: number;
  readonly policy: PolicyName;
  readonly limits: FleetLimits;
  readonly workload: Workload;
  /** Makes what the fleet works on; plain arithmetic unless given. */
  readonly work?: (parts: WorkParts) => Work;
}

export interface WorkParts {
  readonly clock: SteppedClock;
  readonly publish: (event: PublishedEvent) => void;
  readonly serviceMs: () => number;
  readonly tellsExit: boolean;
}

/**
 * The service in simulated time: the very machines that run it for real, on a fleet that lives in
 * memory and a clock that steps from event to event. It touches nothing outside.
 */
export class Simulation {
  readonly clock = new SteppedClock();
  readonly bus: EventBus;
  readonly fleet: MemoryFleet;
  readonly work: Work;
  readonly #options: SimulationOptions;
  readonly #arrivals: Random;
  readonly #projection = new FleetProjection();
  #controller: MortalController | undefined;
  #limits: FleetLimits;

  constructor(options: SimulationOptions) {
    const { seed, surroundings, pool, work = (parts) => new ModelledWork(parts) } = options;
    const { clock } = this;
    const random = seededRandom(seed);
    this.#options = options;
    this.#limits = options.limits;
    // A stream of its own: what happens to the fleet does not change which photos come when.
    this.#arrivals = seededRandom(seed + 1);
    this.bus = new EventBus({
      clock,
      lastSeq: 0,
      onListenerError: (error) => {
        throw error;
      },
    });
    this.bus.subscribe((event) => this.#projection.apply(event));
    this.work = work({
      clock,
      publish: (event) => this.bus.publish(event),
      serviceMs: () => surroundings.serviceMs(random),
      tellsExit: surroundings.isNear,
    });
    this.fleet = new MemoryFleet({
      clock,
      size: pool,
      bootMs: () => surroundings.bootMs(random),
      stopMs: () => surroundings.stopMs(random),
      guests: this.work,
    });
    this.startController();
    this.#scheduleArrival();
  }

  /** The fleet as the controller believes it to be. */
  get view(): FleetView {
    return this.#projection.view;
  }

  get limits(): FleetLimits {
    return this.#limits;
  }

  /** Lets so much time pass, in milliseconds. */
  run(ms: number): Promise<void> {
    return this.clock.advance(ms);
  }

  /** Lets time pass until it is so; resolves with whether it was, within `limitMs`. */
  async runUntil(isSo: () => boolean, limitMs: number): Promise<boolean> {
    const end = this.clock.now() + limitMs;
    while (!isSo()) {
      const due = this.clock.nextDue;
      if (due === undefined || due > end) return false;
      await this.clock.step();
    }
    return true;
  }

  /** So many photos arrive now. */
  submit(count: number): void {
    for (let photo = 0; photo < count; photo++) this.work.submit();
    if (this.#options.surroundings.isNear) this.#controller?.wake();
  }

  setLimits(limits: FleetLimits): void {
    this.#limits = limits;
    this.#controller?.setLimits(limits);
  }

  /** Starts the controller, with what the event log says of the one before; no-op while one runs. */
  startController(): void {
    const { clock, bus, fleet } = this;
    const { seed, surroundings, policy } = this.#options;
    this.#controller ??= new MortalController({
      ports: { clock, fleet, requests: this.work.requests },
      bus,
      policy: policies[policy],
      policyName: policy,
      limits: this.#limits,
      timing: surroundings.timing,
      instanceTiming: INSTANCE_TIMING,
      seed: String(seed),
      remembered: this.view.instances,
    });
  }

  /** Ends the controller in the middle of whatever it does, as `kill -9` would. */
  killController(): void {
    this.#controller?.kill();
    this.#controller = undefined;
  }

  #scheduleArrival(): void {
    const ms = this.#options.workload(this.#arrivals);
    if (ms === Infinity) return;
    this.clock.setTimeout(() => {
      this.submit(1);
      this.#scheduleArrival();
    }, ms);
  }
}
