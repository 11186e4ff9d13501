import type { AnyActorRef, AnyEventObject } from 'xstate';

import type { ControllerInput } from '../../../src/machines/controller-setup.ts';
import type { ControllerTiming } from '../../../src/machines/controller-timing.ts';
import { controllerMachine } from '../../../src/machines/controller.ts';
import type { InstanceTiming } from '../../../src/machines/instance-timing.ts';
import { instanceMachine } from '../../../src/machines/instance.ts';
import type { Policy } from '../../../src/machines/scaling/policy.ts';
import { statePath } from '../../../src/machines/transitions.ts';
import { checkCommands, checkTransition } from './promises.ts';
import { type PureActor, PureMachine, type Step, type Timer } from './pure-actor.ts';
import type { Scene } from './scene.ts';
import { type Call, TURN } from './world.ts';

/** The order of the real delays, in as few turns as tell them apart. */
const CONTROLLER_TIMING: ControllerTiming = {
  tickMs: TURN,
  gatherMs: 0,
  callMs: 2 * TURN,
  countsMaxAgeMs: 3 * TURN,
  backoff: { firstMs: TURN, maxMs: TURN },
};
const INSTANCE_TIMING: InstanceTiming = {
  settleMs: 2 * TURN,
  bootMs: 4 * TURN,
  silentMs: 3 * TURN,
  photoMs: 3 * TURN,
  stuckMs: 5 * TURN,
};
const ANSWERED_WITHIN = TURN;

/** The real controller and its real instances, stepped as values. */
export class Supervision {
  readonly #scene: Scene;
  readonly #policy: Policy;
  readonly #cap: number;
  readonly #controllers: PureMachine<typeof controllerMachine>;
  readonly #instances: PureMachine<typeof instanceMachine>;
  /** What the controller holds of its instances: what they are, the world at hand tells. */
  readonly #refs: Readonly<Record<string, AnyActorRef>>;

  constructor(scene: Scene, policy: Policy, cap: number) {
    this.#scene = scene;
    this.#policy = policy;
    this.#cap = cap;
    const machine = controllerMachine.provide({ delays: { backoff: TURN } });
    this.#controllers = new PureMachine(machine, this.#input([]));
    const timing = INSTANCE_TIMING;
    const reading = { state: 'stopped' };
    this.#instances = new PureMachine(instanceMachine, { id: '', at: 0, reading, timing });
    this.#refs = Object.fromEntries(
      Object.keys(scene.world.truths).map((id) => {
        const getSnapshot = (): unknown => scene.belief(id).snapshot;
        return [id, { id, getSnapshot } as unknown as AnyActorRef];
      }),
    );
  }

  /** A controller starts, and knows what the event log says. */
  begin(): void {
    const { beliefs, now } = this.#scene.world;
    const remembered = Object.values(beliefs)
      .filter(({ snapshot }) => snapshot.status !== 'done')
      .map(({ logged }) => logged);
    this.#scene.set({ beliefs: {} });
    this.#followUp(this.#controllers.begin(this.#input(remembered), now), []);
  }

  /** The controller hears an event, if there is one, and everybody deals with what follows. */
  tell(event: AnyEventObject): void {
    const mailbox = [event];
    for (let next = mailbox.shift(); next; next = mailbox.shift()) {
      const { controller, now } = this.#scene.world;
      if (!controller) return;
      this.#followUp(this.#controllers.send(controller, next, now), mailbox);
    }
  }

  /** The worker of an instance says something. */
  hear(instance: string, words: AnyEventObject): void {
    this.tell({ instance, at: this.#scene.world.now, ...words });
  }

  /** A timer is due. */
  expire(owner: string, timer: Timer): void {
    const scene = this.#scene;
    const { controller } = scene.world;
    if (owner !== 'controller') {
      scene.setBelief(owner, without(scene.belief(owner), timer));
      this.#tellInstance(owner, timer.event, []);
    } else if (controller) {
      scene.set({ controller: without(controller, timer) });
      this.tell(timer.event);
    }
  }

  #input(remembered: ControllerInput['remembered']): ControllerInput {
    return {
      policy: this.#policy,
      policyName: 'walked',
      limits: { min: 0, max: this.#cap },
      timing: CONTROLLER_TIMING,
      instanceTiming: INSTANCE_TIMING,
      seed: '',
      remembered,
    };
  }

  #followUp({ actor, effects }: Step<typeof controllerMachine>, mailbox: AnyEventObject[]): void {
    const scene = this.#scene;
    const { snapshot } = actor;
    const isAsking = snapshot.matches({ observing: 'asking' }) || snapshot.matches('acting');
    scene.set({ controller: this.#admit(actor), ...(!isAsking && { call: undefined }) });
    for (const effect of effects) {
      if (effect.type === 'invoke') this.#call(effect.id);
      else if (effect.to === this.#controllers.self) mailbox.push(effect.event);
      else this.#tellInstance(effect.to.id, effect.event, mailbox);
    }
  }

  /** Instances that the controller has just made begin as values, and it holds our refs to them. */
  #admit(actor: PureActor<typeof controllerMachine>): PureActor<typeof controllerMachine> {
    const { context } = actor.snapshot;
    const made = Object.entries<object>(context.instances).filter(
      ([id, ref]) => ref !== this.#refs[id],
    );
    if (made.length === 0) return actor;
    for (const [id, ref] of made) {
      const { input } = (ref as { options: { input: unknown } }).options;
      this.#believe(id, this.#instances.begin(input, this.#scene.world.now).actor);
    }
    const instances = Object.fromEntries(
      Object.keys(context.instances).map((id) => [id, this.#refs[id]]),
    );
    const snapshot = { ...actor.snapshot, context: { ...context, instances } };
    return { ...actor, snapshot: snapshot as typeof actor.snapshot };
  }

  #call(step: string): void {
    const scene = this.#scene;
    const { now, controller } = scene.world;
    const dueAt = now + ANSWERED_WITHIN;
    const decision = controller?.snapshot.context.decision;
    if (step === 'act' && decision) {
      checkCommands(scene, decision);
      const { start, stop } = decision;
      scene.set({ call: { step, dueAt, start, stop } });
    } else {
      scene.set({ call: { step: 'observe', dueAt } satisfies Call });
    }
  }

  #tellInstance(id: string, event: AnyEventObject, mailbox: AnyEventObject[]): void {
    const scene = this.#scene;
    const before = scene.belief(id);
    if (before.snapshot.status === 'done') return;
    const { actor } = this.#instances.send(before, event, scene.world.now);
    checkTransition(scene, id, before.snapshot, actor.snapshot);
    this.#believe(id, actor);
    if (actor.snapshot.status === 'done') {
      mailbox.push({ type: `xstate.done.actor.${id}`, actorId: id });
    }
  }

  #believe(id: string, actor: PureActor<typeof instanceMachine>): void {
    const { value, context } = actor.snapshot;
    const state = statePath(value);
    const before = this.#scene.world.beliefs[id]?.logged;
    const logged =
      before?.state === state ? before : { id, state, since: context.since, ...context.launches };
    this.#scene.setBelief(id, { ...actor, logged });
  }
}

const without = <A extends { readonly timers: readonly Timer[] }>(actor: A, { id }: Timer): A => ({
  ...actor,
  timers: actor.timers.filter((timer) => timer.id !== id),
});
