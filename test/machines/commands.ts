import assert from 'node:assert/strict';

import * as fc from 'fast-check';

import type { CallFault, FleetCall } from '../../src/adapters/memory/fleet-faults.ts';
import { MemoryFleet } from '../../src/adapters/memory/fleet.ts';
import { MINUTE, SECOND } from './instance-world.ts';
import { activeOf } from './invariants.ts';
import type { simulate } from './simulated.ts';

/** All that has to be known to say what the fleet may do. */
export interface Model {
  submitted: number;
  cap: number;
  isSupervised: boolean;
  /** Whether the provider is far away, so that what it says may be late. */
  readonly isFar: boolean;
}

type World = ReturnType<typeof simulate>;
type Act = (world: World, model: Model) => void | Promise<void>;

/** Something that happens to the fleet, and what has to hold afterwards. */
class Command implements fc.AsyncCommand<Model, World> {
  readonly #name: string;
  readonly #act: Act;
  readonly #isPossible: (model: Readonly<Model>) => boolean;

  constructor(
    name: string,
    act: Act,
    isPossible: (model: Readonly<Model>) => boolean = () => true,
  ) {
    this.#name = name;
    this.#act = act;
    this.#isPossible = isPossible;
  }

  check(model: Readonly<Model>): boolean {
    return this.#isPossible(model);
  }

  async run(model: Model, world: World): Promise<void> {
    await this.#act(world, model);
    const { simulation, watch } = world;
    assert.deepEqual(watch.breaches, []);
    assert.equal(simulation.work.answered + simulation.work.unanswered, model.submitted);
    assert.equal(simulation.limits.max, model.cap);
  }

  toString(): string {
    return this.#name;
  }
}

const POOL = 5;

const anyInstance = fc.integer({ min: 1, max: POOL }).map((number) => `i-0${number}`);
const anyCall = fc.constantFrom<FleetCall>('describe', 'start', 'stop');
const anyFault = fc.constantFrom<CallFault>('fails', 'works, but its answer is lost', 'hangs');
const anyCode = fc.constantFrom(
  'InsufficientInstanceCapacity',
  'IncorrectInstanceState',
  'UnauthorizedOperation',
);

/** What may happen to the fleet; `pool` instances of it. */
export const anyCommand = {
  pool: POOL,
  arbitraries: [
    fc.integer({ min: 1, max: 4 }).map(
      (count) =>
        new Command(`submit ${count}`, ({ simulation }, model) => {
          simulation.submit(count);
          model.submitted += count;
        }),
    ),
    fc
      .oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 60, max: 1200 }))
      .map((s) => new Command(`wait ${s} s`, ({ simulation }) => simulation.run(s * SECOND))),
    anyInstance.map(
      (id) => new Command(`kill ${id}`, ({ simulation }) => simulation.fleet.kill(id)),
    ),
    anyInstance.map(
      (id) => new Command(`hang ${id}`, ({ simulation }) => simulation.work.hang(id)),
    ),
    anyInstance.map(
      (id) => new Command(`hold ${id}`, ({ simulation }) => simulation.fleet.faults.hold(id)),
    ),
    anyInstance.map(
      (id) => new Command(`release ${id}`, ({ simulation }) => simulation.fleet.faults.release(id)),
    ),
    anyInstance.map(
      (id) =>
        new Command(`somebody else stops ${id}`, ({ simulation }) => {
          // Past the watch, which takes every command for the controller's.
          void MemoryFleet.prototype.stop.call(simulation.fleet, [id]).catch(() => undefined);
        }),
    ),
    fc
      .tuple(anyInstance, anyCode)
      .map(
        ([id, code]) =>
          new Command(`refuse ${id}: ${code}`, ({ simulation }) =>
            simulation.fleet.faults.refuse(id, code),
          ),
      ),
    anyInstance.map(
      (id) =>
        new Command(`refuse ${id} no more`, ({ simulation }) =>
          simulation.fleet.faults.refuse(id, undefined),
        ),
    ),
    fc
      .tuple(anyCall, anyFault)
      .map(
        ([call, fault]) =>
          new Command(`next ${call} ${fault}`, ({ simulation }) =>
            simulation.fleet.faults.failNext(call, fault),
          ),
      ),
    fc.integer({ min: 1, max: 90 }).map(
      (s) =>
        new Command(`throttle for ${s} s`, ({ simulation }) => {
          simulation.fleet.faults.throttle(s * SECOND);
        }),
    ),
    fc.integer({ min: 0, max: 25 }).map(
      (s) =>
        new Command(
          `descriptions lag ${s} s`,
          ({ simulation }) => {
            simulation.fleet.faults.describeLagMs = () => s * SECOND;
          },
          (model) => model.isFar,
        ),
    ),
    fc.integer({ min: 0, max: POOL }).map(
      (max) =>
        new Command(`cap ${max}`, ({ simulation }, model) => {
          simulation.setLimits({ min: 0, max });
          model.cap = max;
        }),
    ),
    fc.constant(
      new Command(
        'kill the controller',
        ({ simulation }, model) => {
          simulation.killController();
          model.isSupervised = false;
        },
        (model) => model.isSupervised,
      ),
    ),
    fc.constant(
      new Command(
        'start the controller',
        ({ simulation }, model) => {
          simulation.startController();
          model.isSupervised = true;
        },
        (model) => !model.isSupervised,
      ),
    ),
  ],
};

/** Everything is mended: the queue has to drain, and the fleet to come to rest. */
export async function mendAndRest({ simulation, watch }: World): Promise<void> {
  const { faults, ids } = simulation.fleet;
  for (const id of ids) {
    faults.release(id);
    faults.refuse(id, undefined);
  }
  faults.describeLagMs = () => 0;
  simulation.setLimits({ min: 0, max: POOL });
  simulation.startController();
  const isAtRest = (): boolean => simulation.work.unanswered + activeOf(simulation) === 0;
  assert.ok(await simulation.runUntil(isAtRest, 60 * MINUTE), 'It does not come to rest.');
  await simulation.run(2 * MINUTE);
  assert.deepEqual(watch.breaches, []);
  assert.deepEqual([simulation.work.unanswered, activeOf(simulation)], [0, 0]);
}
