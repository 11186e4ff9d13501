import type { Remembered } from '../../../src/machines/instance-beginning.ts';
import { statePath } from '../../../src/machines/transitions.ts';
import { AGES, isActive, type Truth, TURN, type World } from './world.ts';

/**
 * What tells two worlds apart: everything that makes a difference to what can happen from here. Times
 * count from now, launches only by their order, and it does not matter which instance is which.
 */
export function keyOf(world: World): string {
  const { now, controller, beliefs, truths, call } = world;
  const turns = (time: number): number =>
    time === Infinity ? -1 : Math.ceil(Math.max(0, time - now) / TURN);
  const launches = Object.values(truths)
    .filter(isActive)
    .map(({ launch }) => launch)
    .toSorted((a, b) => a - b);

  const keyOfTruth = (id: string, truth: Truth): unknown[] => [
    truth.state,
    truth.photo,
    truth.isHung,
    truth.isHeld,
    truth.isForeign,
    turns(truth.dueAt),
    launches.indexOf(truth.launch),
    call?.step === 'act' && [call.start.includes(id), call.stop.includes(id)],
  ];
  const remembered = controller?.snapshot.context.remembered ?? {};

  const keyOfBelief = (id: string, truth: Truth): unknown[] => {
    const age = (launch: number | undefined): number =>
      [undefined, truth.launch, truth.lastLaunch].indexOf(launch);
    const keyOfRemembered = ({ state, since, launchedAt, lastLaunch }: Remembered): unknown[] => {
      // Of the others' times nobody asks.
      const isSettling = state.startsWith('pending') || state.startsWith('stopping');
      const turnsAgo = isSettling && Math.min((now - since) / TURN, AGES / TURN);
      return [state, turnsAgo, age(launchedAt), age(lastLaunch)];
    };
    const belief = beliefs[id];
    if (!belief) return remembered[id] ? keyOfRemembered(remembered[id]) : [];
    const { snapshot, timers, logged } = belief;
    const { launches, failures, retryAt, photo } = snapshot.context;
    const mayBeRemembered = world.crashes > 0 || controller === undefined;
    return [
      statePath(snapshot.value),
      age(launches.launchedAt),
      age(launches.lastLaunch),
      Math.min(failures, 3),
      turns(retryAt),
      photo,
      ...timers.map(({ dueAt }) => turns(dueAt)),
      ...(mayBeRemembered ? keyOfRemembered(logged) : []),
    ];
  };

  return [
    ...Object.entries(truths)
      .map(([id, truth]) => [...keyOfTruth(id, truth), ...keyOfBelief(id, truth)].join())
      .toSorted(),
    ...keyOfController(world, turns),
    call && [call.step, turns(call.dueAt)],
    world.unsent,
    world.visible,
    world.hiddenUntil.map(turns).toSorted((a, b) => a - b),
    world.faults,
    world.crashes,
  ].join('|');
}

function keyOfController(
  { controller, faults }: World,
  turns: (time: number) => number,
): unknown[] {
  if (!controller) return [];
  const { snapshot, timers } = controller;
  const { counts, isWoken } = snapshot.context;
  return [
    statePath(snapshot.value),
    isWoken,
    timers.map(({ dueAt }) => turns(dueAt)),
    // Once nothing can go wrong any more, every decision has counts of its own.
    counts &&
      (faults > 0 ? [counts.visible, counts.inFlight, turns(counts.at)] : counts.visible === 0),
  ];
}
