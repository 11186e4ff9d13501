import type { InstanceState } from '../../../src/bus/fleet.ts';
import type { controllerMachine } from '../../../src/machines/controller.ts';
import type { Remembered } from '../../../src/machines/instance-beginning.ts';
import type { instanceMachine } from '../../../src/machines/instance.ts';
import type { PureActor, Timer } from './pure-actor.ts';

/** The unit of time of a small world, in milliseconds: every delay in it is a small multiple. */
export const TURN = 5000;

/** Longer than any deadline: with nobody there to keep them, they all pass. */
export const AGES = 6 * TURN;

/** What an instance really is. */
export interface Truth {
  readonly state: InstanceState;
  /** Its last two launches, numbered as times. */
  readonly launch: number;
  readonly lastLaunch: number;
  /** The photo that its worker has in hand. */
  readonly photo: string | undefined;
  readonly isHung: boolean;
  /** By when its boot, photo or stop is over; Infinity when nothing of it ends by itself. */
  readonly dueAt: number;
  /** Its boot or stop does not end, for now. */
  readonly isHeld: boolean;
  /** Somebody else started or stopped it, and the controller cannot know yet. */
  readonly isForeign: boolean;
}

/** What the controller believes of an instance. */
export interface Belief extends PureActor<typeof instanceMachine> {
  /** What the event log says of it: how it was when it last went to another state. */
  readonly logged: { readonly id: string } & Remembered;
}

/** A call of the controller's that was not answered yet. */
export type Call = {
  /** By when it is answered; Infinity when its answer is lost. */
  readonly dueAt: number;
} & (
  | { readonly step: 'observe' }
  | { readonly step: 'act'; readonly start: readonly string[]; readonly stop: readonly string[] }
);

/** A fleet, its queue and its controller at one moment, as a value. */
export interface World {
  readonly now: number;
  readonly controller: PureActor<typeof controllerMachine> | undefined;
  readonly beliefs: Readonly<Record<string, Belief>>;
  readonly truths: Readonly<Record<string, Truth>>;
  readonly call: Call | undefined;
  /** Photos that nobody sent yet, and those that wait. */
  readonly unsent: number;
  readonly visible: number;
  /** When the photos become visible again whose workers are gone. */
  readonly hiddenUntil: readonly number[];
  /** How often something may still go wrong, and the controller be killed. */
  readonly faults: number;
  readonly crashes: number;
}

export const isActive = ({ state }: Truth): boolean => state === 'pending' || state === 'running';

/** Photos that were received and not answered. */
export function inFlight({ truths, hiddenUntil }: World): number {
  const inHand = Object.values(truths).filter(({ photo }) => photo !== undefined).length;
  return inHand + hiddenUntil.length;
}

/** All timers of the machines, the earliest first; without a controller nobody has any. */
export function timersOf({ controller, beliefs }: World): { owner: string; timer: Timer }[] {
  if (!controller) return [];
  return [
    ...Object.entries(beliefs).flatMap(([owner, { timers }]) =>
      timers.map((timer) => ({ owner, timer })),
    ),
    ...controller.timers.map((timer) => ({ owner: 'controller', timer })),
  ].toSorted((a, b) => a.timer.dueAt - b.timer.dueAt);
}

/** Whether the work is done, and everything has stopped that can stop. */
export function isAtRest(world: World): boolean {
  return (
    world.controller?.snapshot.matches('waiting') === true &&
    world.visible + inFlight(world) === 0 &&
    Object.values(world.truths).every(
      ({ state, isHeld }) => isHeld || state === 'stopped' || state === 'terminated',
    )
  );
}
