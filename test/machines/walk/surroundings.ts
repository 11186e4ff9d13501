import type { AnyEventObject } from 'xstate';

import type { InstanceDescription, InstanceResult } from '../../../src/bus/fleet.ts';
import { checkCap, checkCommanded } from './promises.ts';
import type { Scene } from './scene.ts';
import type { Supervision } from './supervision.ts';
import { timersOf, TURN } from './world.ts';

/** How long the fleet takes for a boot, a photo or a stop, at most. */
const DONE_WITHIN = TURN;
/** How long a photo stays hidden after its worker was killed, or began to hang. */
const HIDDEN_AFTER_KILL = TURN;
const HIDDEN_AFTER_HANG = 2 * TURN;

export interface SurroundingsOptions {
  readonly cap: number;
  /** Whether arrivals and exits reach the controller at once, as on one machine. */
  readonly isNear: boolean;
}

/** The provider, the workers and the queue around a controller. */
export class Surroundings {
  readonly #scene: Scene;
  readonly #supervision: Supervision;
  readonly #options: SurroundingsOptions;

  constructor(scene: Scene, supervision: Supervision, options: SurroundingsOptions) {
    this.#scene = scene;
    this.#supervision = supervision;
    this.#options = options;
  }

  submit(): void {
    const { unsent, visible } = this.#scene.world;
    this.#scene.set({ unsent: unsent - 1, visible: visible + 1 });
    this.#handOut();
    if (this.#options.isNear) this.#supervision.tell({ type: 'WAKE' });
  }

  /** The boot of an instance is over. */
  boot(id: string): void {
    this.#scene.setTruth(id, { state: 'running', dueAt: Infinity });
    this.#say(id, { type: 'worker.ready' });
    this.#handOut();
    this.#sayIdle(id);
  }

  /** The worker of an instance has answered its photo. */
  finish(id: string): void {
    const { state, photo } = this.#scene.truth(id);
    const dueAt = state === 'stopping' ? this.#scene.world.now + DONE_WITHIN : Infinity;
    this.#scene.setTruth(id, { photo: undefined, dueAt });
    if (state !== 'running') return;
    this.#handOut(photo);
    this.#sayIdle(id);
  }

  start(id: string): void {
    const { launch } = this.#scene.truth(id);
    const dueAt = this.#scene.world.now + DONE_WITHIN;
    this.#scene.setTruth(id, { state: 'pending', launch: launch + 1, lastLaunch: launch, dueAt });
  }

  /** An instance begins to stop; its worker finishes the photo in hand first. */
  stop(id: string): void {
    const { photo, isHung, dueAt } = this.#scene.truth(id);
    const isIdle = photo === undefined;
    const stoppedBy = isIdle ? this.#scene.world.now + DONE_WITHIN : dueAt;
    this.#scene.setTruth(id, { state: 'stopping', dueAt: stoppedBy });
    if (!isHung) this.#say(id, { type: 'worker.draining' });
  }

  /** An instance ends, as its stop is over or from one moment to the next. */
  end(id: string, state: 'stopped' | 'terminated'): void {
    const { photo, state: before } = this.#scene.truth(id);
    const nothing = { photo: undefined, isHung: false, isHeld: false, dueAt: Infinity };
    this.#scene.setTruth(id, { ...nothing, state });
    if (photo !== undefined) this.#hide(HIDDEN_AFTER_KILL);
    if (this.#options.isNear && (before === 'running' || before === 'stopping')) {
      this.#say(id, { type: 'worker.exited' });
    }
  }

  /** From now on a worker says nothing and finishes nothing. */
  hang(id: string): void {
    const { photo } = this.#scene.truth(id);
    this.#scene.setTruth(id, { isHung: true, photo: undefined, dueAt: Infinity });
    if (photo !== undefined) this.#hide(HIDDEN_AFTER_HANG);
  }

  /** The boot or the stop of an instance does not end, until it is released. */
  hold(id: string): void {
    this.#scene.setTruth(id, { isHeld: true, dueAt: Infinity });
  }

  release(id: string): void {
    this.#scene.setTruth(id, { isHeld: false, dueAt: this.#scene.world.now });
  }

  /** Does what it is told, as EC2 does. */
  obey({ start, stop }: { start: readonly string[]; stop: readonly string[] }): InstanceResult[] {
    const results = [
      ...stop.map((id) => this.#command('stop', id)),
      ...start.map((id) => this.#command('start', id)),
    ];
    checkCap(this.#scene, this.#options.cap);
    return results;
  }

  describe(): InstanceDescription[] {
    return Object.entries(this.#scene.world.truths)
      .filter(([, { state }]) => state !== 'terminated')
      .map(([id, { state, launch }]) => ({ id, state, launchedAt: launch }));
  }

  /** The description of an instance before the last thing that happened to it. */
  describeLate(id: string): InstanceDescription {
    const { state, launch, lastLaunch } = this.#scene.truth(id);
    switch (state) {
      case 'pending':
        return { id, state: 'stopped', launchedAt: lastLaunch };
      case 'running':
        return { id, state: 'pending', launchedAt: launch };
      case 'stopping':
        return { id, state: 'running', launchedAt: launch };
      default:
        return { id, state: 'stopping', launchedAt: launch };
    }
  }

  /** It is so late now; whatever is due happens, the machines' timers last. */
  goTo(time: number): void {
    const scene = this.#scene;
    const { now, hiddenUntil, visible } = scene.world;
    const stillHidden = hiddenUntil.filter((until) => until > time);
    const visibleAgain = hiddenUntil.length - stillHidden.length;
    scene.set({ now: time, visible: visible + visibleAgain, hiddenUntil: stillHidden });
    this.#handOut();
    if (time > now) this.#beat();
    for (;;) {
      const [first] = timersOf(scene.world);
      if (!first || first.timer.dueAt > time) return;
      this.#supervision.expire(first.owner, first.timer);
    }
  }

  #command(call: 'start' | 'stop', id: string): InstanceResult {
    checkCommanded(this.#scene, call, id);
    const { state } = this.#scene.truth(id);
    if (call === 'start' && state === 'stopped') this.start(id);
    if (call === 'stop' && state === 'running') this.stop(id);
    const now = this.#scene.truth(id).state;
    const took = call === 'start' ? ['pending', 'running'] : ['stopping', 'stopped'];
    if (took.includes(now)) return { id, state: now };
    return { id, error: { code: 'IncorrectInstanceState', message: `It is ${now}.` } };
  }

  /** Idle workers take the photos that wait. @param last - the one that a worker has just finished */
  #handOut(last?: string): void {
    for (const [id, { state, isHung, photo }] of Object.entries(this.#scene.world.truths)) {
      const { visible, now } = this.#scene.world;
      if (visible === 0) return;
      if (state !== 'running' || isHung || photo !== undefined) continue;
      const next = last === 'a' ? 'b' : 'a';
      this.#scene.set({ visible: visible - 1 });
      this.#scene.setTruth(id, { photo: next, dueAt: now + DONE_WITHIN });
      this.#say(id, { type: 'worker.busy', photo: next, done: 0 });
    }
  }

  /** Workers repeat what they do, so that silence means something. */
  #beat(): void {
    for (const [id, { state, isHung, photo }] of Object.entries(this.#scene.world.truths)) {
      if (state !== 'running' || isHung) continue;
      if (photo === undefined) this.#sayIdle(id);
      else this.#say(id, { type: 'worker.busy', photo, done: 0 });
    }
  }

  #sayIdle(id: string): void {
    if (this.#scene.truth(id).photo === undefined) this.#say(id, { type: 'worker.idle', done: 0 });
  }

  #say(id: string, words: AnyEventObject): void {
    this.#supervision.hear(id, words);
  }

  #hide(ms: number): void {
    const { hiddenUntil, now } = this.#scene.world;
    this.#scene.set({ hiddenUntil: [...hiddenUntil, now + ms] });
  }
}
