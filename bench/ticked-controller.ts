import { SteppedClock } from '../src/adapters/memory/clock.ts';
import { MemoryFleet } from '../src/adapters/memory/fleet.ts';
import { EventBus } from '../src/bus/event-bus.ts';
import { AWS_TIMING } from '../src/machines/controller-timing.ts';
import { INSTANCE_TIMING } from '../src/machines/instance-timing.ts';
import { onePerMessage } from '../src/machines/scaling/one-per-message.ts';
import { startController } from '../src/machines/start-controller.ts';

/** An instance runs, or has stopped, long before the next tick. */
const CHANGE_MS = 1;

function rethrow(error: unknown): never {
  throw error;
}

/**
 * The controller on a fleet in memory that other people start and stop. The queue holds a message for
 * every instance that is up, so that the controller looks and decides, and never has to act.
 */
export class TickedController {
  readonly #clock = new SteppedClock();
  readonly #fleet: MemoryFleet;
  #active = 0;

  /** The fleet: every instance stopped. */
  constructor(size: number) {
    this.#fleet = new MemoryFleet({
      clock: this.#clock,
      size,
      bootMs: () => CHANGE_MS,
      stopMs: () => CHANGE_MS,
    });
  }

  /** Starts the controller, and lets it look for the first time. */
  async start(): Promise<void> {
    const clock = this.#clock;
    startController({
      ports: {
        clock,
        fleet: this.#fleet,
        requests: { depth: async () => ({ visible: this.#active, inFlight: 0, delayed: 0 }) },
      },
      bus: new EventBus({ clock, lastSeq: 0, onListenerError: rethrow }),
      policy: onePerMessage,
      policyName: 'one-per-message',
      limits: { min: 0, max: this.#fleet.ids.length },
      timing: AWS_TIMING,
      instanceTiming: INSTANCE_TIMING,
      seed: 'bench',
      remembered: [],
    });
    await clock.advance(AWS_TIMING.tickMs / 2);
  }

  /** The first `count` instances start if they are stopped, and stop if they run. */
  async change(count: number): Promise<void> {
    const ids = this.#fleet.ids.slice(0, count);
    const stopped = ids.filter((id) => this.#fleet.stateOf(id) === 'stopped');
    const running = ids.filter((id) => this.#fleet.stateOf(id) === 'running');
    await Promise.all([this.#fleet.start(stopped), this.#fleet.stop(running)]);
    this.#active += stopped.length - running.length;
    await this.#clock.advance(2 * CHANGE_MS);
  }

  /** The next tick, from what is due to where nothing is left to do; resolves with milliseconds. */
  async tick(): Promise<number> {
    const start = performance.now();
    await this.#clock.advance(AWS_TIMING.tickMs);
    return performance.now() - start;
  }
}
