import type { FleetLimits } from '../machines/scaling/snapshot.ts';
import {
  type Controller,
  type ControllerOptions,
  startController,
} from '../machines/start-controller.ts';

/**
 * A controller that can die as a process dies: in the middle of a step, from one instruction to the
 * next. What it had already asked for happens; it asks for nothing more, and nothing more is heard of
 * it.
 */
export class MortalController {
  readonly #controller: Controller;
  #isAlive = true;

  constructor(options: ControllerOptions) {
    const { bus, ports } = options;
    const { fleet, requests } = ports;
    const whileAlive = <T>(call: () => Promise<T>): Promise<T> =>
      this.#isAlive ? call() : new Promise<never>(() => {});
    this.#controller = startController({
      ...options,
      bus: {
        publish: (event) => this.#isAlive && bus.publish(event),
        subscribe: (listener) => bus.subscribe(listener),
      },
      ports: {
        clock: ports.clock,
        fleet: {
          describe: () => whileAlive(() => fleet.describe()),
          start: (ids) => whileAlive(() => fleet.start(ids)),
          stop: (ids) => whileAlive(() => fleet.stop(ids)),
        },
        requests: { depth: () => whileAlive(() => requests.depth()) },
      },
    });
  }

  wake(): void {
    this.#controller.wake();
  }

  setLimits(limits: FleetLimits): void {
    this.#controller.setLimits(limits);
  }

  kill(): void {
    this.#isAlive = false;
    this.#controller.stop();
  }
}
