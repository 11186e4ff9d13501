import type { Belief, Truth, World } from './world.ts';

/** The world at hand, while it is being changed into the next one; and what was seen that must not be. */
export class Scene {
  readonly breaches: string[] = [];
  world: World;
  readonly #first: World;

  constructor(first: World) {
    this.world = first;
    this.#first = first;
  }

  /** Whether nothing has gone wrong so far. */
  get isUntroubled(): boolean {
    const { faults, crashes } = this.world;
    return faults === this.#first.faults && crashes === this.#first.crashes;
  }

  set(change: Partial<World>): void {
    this.world = { ...this.world, ...change };
  }

  truth(id: string): Truth {
    const truth = this.world.truths[id];
    if (!truth) throw new Error(`There is no ${id}.`);
    return truth;
  }

  belief(id: string): Belief {
    const belief = this.world.beliefs[id];
    if (!belief) throw new Error(`Nobody knows ${id}.`);
    return belief;
  }

  setTruth(id: string, change: Partial<Truth>): void {
    this.set({ truths: { ...this.world.truths, [id]: { ...this.truth(id), ...change } } });
  }

  setBelief(id: string, belief: Belief): void {
    this.set({ beliefs: { ...this.world.beliefs, [id]: belief } });
  }

  breach(what: string): void {
    this.breaches.push(what);
  }
}
