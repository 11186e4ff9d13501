import type { InstanceResult } from '../../../src/bus/fleet.ts';
import type { Observation } from '../../../src/machines/controller-setup.ts';
import type { Policy } from '../../../src/machines/scaling/policy.ts';
import { checkDeadlines } from './promises.ts';
import { Scene } from './scene.ts';
import { Supervision } from './supervision.ts';
import { Surroundings } from './surroundings.ts';
import { AGES, inFlight, isAtRest, timersOf, type Truth, TURN, type World } from './world.ts';

export interface SmallWorldOptions {
  readonly instances: number;
  readonly cap: number;
  readonly messages: number;
  /** How often something goes wrong, and how often the controller is killed, at most. */
  readonly faults: number;
  readonly crashes: number;
  /** Whether arrivals and exits reach the controller at once, as on one machine. */
  readonly isNear: boolean;
  readonly policy: Policy;
}

/** One thing that may happen next. */
export interface Move {
  readonly name: string;
  /** Whether it is left to chance, so that nobody may count on it. */
  readonly isChance: boolean;
  readonly world: World;
}

const STOPPED: Truth = {
  state: 'stopped',
  launch: 1,
  lastLaunch: 0,
  photo: undefined,
  isHung: false,
  dueAt: Infinity,
  isHeld: false,
  isForeign: false,
};

/**
 * A fleet so small that everything that can happen to it can be tried: the real controller and
 * instance machines, and around them a provider, workers and a queue that do whatever they may, in
 * any order.
 */
export class SmallWorld {
  readonly first: World;
  readonly #scene: Scene;
  readonly #supervision: Supervision;
  readonly #around: Surroundings;
  readonly #cap: number;
  #moves: Move[] = [];

  constructor({ instances, cap, messages, faults, crashes, isNear, policy }: SmallWorldOptions) {
    const ids = Array.from({ length: instances }, (_, index) => `i-${index + 1}`);
    this.#scene = new Scene({
      now: 100 * TURN,
      controller: undefined,
      beliefs: {},
      truths: Object.fromEntries(ids.map((id) => [id, STOPPED])),
      call: undefined,
      unsent: messages,
      visible: 0,
      hiddenUntil: [],
      faults,
      crashes,
    });
    this.#cap = cap;
    this.#supervision = new Supervision(this.#scene, policy, cap);
    this.#around = new Surroundings(this.#scene, this.#supervision, { cap, isNear });
    this.#supervision.begin();
    this.first = this.#scene.world;
  }

  /** Everything that may happen next, and every promise that is broken by it. */
  movesFrom(world: World): { moves: readonly Move[]; breaches: readonly string[] } {
    this.#moves = [];
    this.#addCourse(world);
    this.#addAnswer(world);
    this.#addFaults(world);
    this.#addController(world);
    this.#addTime(world);
    return { moves: this.#moves, breaches: this.#scene.breaches.splice(0) };
  }

  /** Whether nothing is left to do, or the cap is full of instances that are held. */
  isAtRest(world: World): boolean {
    const held = Object.values(world.truths).filter(({ isHeld }) => isHeld).length;
    return held >= this.#cap || isAtRest(world);
  }

  #add(name: string, from: World, change: () => void, isChance = false): void {
    this.#scene.world = from;
    change();
    checkDeadlines(this.#scene);
    this.#moves.push({ name, isChance, world: this.#scene.world });
  }

  #addFault(name: string, from: World, change: () => void): void {
    const { faults } = from;
    if (faults > 0) this.#add(name, { ...from, faults: faults - 1 }, change, true);
  }

  /** What happens when nothing goes wrong. */
  #addCourse(world: World): void {
    const around = this.#around;
    if (world.unsent > 0) this.#add('a photo arrives', world, () => around.submit(), true);
    for (const [id, { state, photo, isHeld }] of Object.entries(world.truths)) {
      if (isHeld) {
        this.#add(`${id} is held no more`, world, () => around.release(id), true);
      } else if (photo !== undefined) {
        this.#add(`${id} answers its photo`, world, () => around.finish(id));
      } else if (state === 'pending') {
        this.#add(`${id} is up`, world, () => around.boot(id));
      } else if (state === 'stopping') {
        this.#add(`${id} has stopped`, world, () => around.end(id, 'stopped'));
      }
    }
  }

  /** What the controller's call may come back with. */
  #addAnswer(world: World): void {
    const { call } = world;
    if (call === undefined || call.dueAt === Infinity) return;
    if (call.step === 'observe') this.#addReadings(world);
    else this.#addResults(world, call);
  }

  #addReadings(world: World): void {
    const { now, visible, truths } = world;
    const around = this.#around;
    const counts = { visible, inFlight: inFlight(world) };
    const see = (observation: Partial<Observation> = {}): void => {
      for (const id of Object.keys(truths)) this.#scene.setTruth(id, { isForeign: false });
      const output = { at: now, instances: around.describe(), ...observation };
      this.#supervision.tell({ type: 'xstate.done.actor.observe', output });
    };
    this.#add('the controller sees', world, () => see({ counts }));
    this.#addFault('the queue cannot be asked', world, () => see());
    this.#addFault('the fleet cannot be asked', world, () => this.#fail('observe'));
    this.#addFault('the fleet does not answer', world, () => this.#loseAnswer());
    for (const id of Object.keys(truths)) {
      this.#addFault(`the reading of ${id} is late`, world, () => {
        const instances = around
          .describe()
          .map((reading) => (reading.id === id ? around.describeLate(id) : reading));
        see({ counts, instances });
      });
    }
  }

  #addResults(
    world: World,
    { start, stop }: { start: readonly string[]; stop: readonly string[] },
  ): void {
    const around = this.#around;
    const all = [...start, ...stop];
    const answer = (results: readonly InstanceResult[]): void => {
      const output = { at: world.now, results };
      this.#supervision.tell({ type: 'xstate.done.actor.act', output });
    };
    this.#add('the fleet obeys', world, () => answer(around.obey({ start, stop })));
    this.#addFault('the fleet obeys, but its answer is lost', world, () => {
      around.obey({ start, stop });
      this.#loseAnswer();
    });
    this.#addFault('the command is lost', world, () => this.#loseAnswer());
    this.#addFault('the command fails', world, () => this.#fail('act'));
    this.#addFault('the fleet asks for fewer calls', world, () =>
      answer(all.map((id) => refused(id, 'RequestLimitExceeded'))),
    );
    for (const id of all) {
      const isOther = (other: string): boolean => other !== id;
      const others = { start: start.filter(isOther), stop: stop.filter(isOther) };
      for (const code of ['InsufficientInstanceCapacity', 'IncorrectInstanceState']) {
        this.#addFault(`${id} is refused: ${code}`, world, () =>
          answer([refused(id, code), ...around.obey(others)]),
        );
      }
    }
  }

  /** What goes wrong with the instances, or is done to them by somebody else. */
  #addFaults(world: World): void {
    const around = this.#around;
    for (const [id, { state, photo, isHung, isHeld }] of Object.entries(world.truths)) {
      const byOther = (change: () => void) => (): void => {
        change();
        this.#scene.setTruth(id, { isForeign: true });
      };
      if (state === 'running') {
        this.#addFault(`${id} is killed`, world, () => around.end(id, 'stopped'));
        this.#addFault(
          `somebody else stops ${id}`,
          world,
          byOther(() => around.stop(id)),
        );
      }
      if (state === 'running' && !isHung) {
        this.#addFault(`${id} hangs`, world, () => around.hang(id));
      }
      if (state === 'stopped') {
        this.#addFault(
          `somebody else starts ${id}`,
          world,
          byOther(() => around.start(id)),
        );
      }
      const isSettling = state === 'pending' || (state === 'stopping' && photo === undefined);
      if (isSettling && !isHeld) this.#addFault(`${id} is held`, world, () => around.hold(id));
      if (state !== 'terminated') {
        this.#addFault(`${id} vanishes`, world, () => around.end(id, 'terminated'));
      }
    }
  }

  #addController(world: World): void {
    const { controller, call, crashes } = world;
    if (controller === undefined) {
      this.#add('the controller starts', world, () => this.#supervision.begin());
      return;
    }
    if (crashes === 0) return;
    const dead = { controller: undefined, call: undefined, crashes: crashes - 1 };
    this.#add('the controller is killed', world, () => this.#scene.set(dead), true);
    if (call?.step !== 'act' || call.dueAt === Infinity) return;
    const dying = (): void => {
      this.#around.obey(call);
      this.#scene.set(dead);
    };
    this.#add('the controller is killed, its command is out', world, dying, true);
  }

  /** Nothing else happens before the next thing is due; who is late for that has no more time. */
  #addTime(world: World): void {
    const { now, truths, hiddenUntil, call } = world;
    const due = [...Object.values(truths), ...(call ? [call] : [])].map(({ dueAt }) => dueAt);
    const timers = timersOf(world).map(({ timer }) => timer.dueAt);
    const next = Math.min(...due, ...hiddenUntil, ...timers);
    if (due.some((dueAt) => dueAt <= now)) return;
    if (next < Infinity) this.#add('time passes', world, () => this.#around.goTo(next));
    else this.#add('ages pass', world, () => this.#around.goTo(now + AGES), true);
  }

  #fail(step: 'observe' | 'act'): void {
    this.#supervision.tell({ type: `xstate.error.actor.${step}`, error: new Error('It failed.') });
  }

  #loseAnswer(): void {
    const { call } = this.#scene.world;
    if (call) this.#scene.set({ call: { ...call, dueAt: Infinity } });
  }
}

const refused = (id: string, code: string): InstanceResult => ({
  id,
  error: { code, message: `It refused: ${code}.` },
});
