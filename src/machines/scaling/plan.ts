import { toStart, toStop, toStopForCap } from './choose.ts';
import type { Advice, Policy } from './policy.ts';
import {
  type FleetSnapshot,
  inputsOf,
  type InstanceSummary,
  type ScalingInputs,
} from './snapshot.ts';

/** What is to be done about the fleet, and why. */
export interface Plan {
  readonly inputs: ScalingInputs;
  /** Ids of the instances to start. */
  readonly start: readonly string[];
  /** Ids of the instances to stop. */
  readonly stop: readonly string[];
  /** In words: `14 messages, 6 active: start 8 of 13 stopped`. */
  readonly reason: string;
}

/**
 * Turns a policy's advice into a plan for this very fleet. Whatever the advice, a plan never brings
 * more instances to life than the cap allows, touches only instances that may be touched, and lets a
 * busy one go only when the cap was lowered below what runs. An instance whose worker fell silent is
 * stopped, so that another one can take its place.
 */
export function plan(policy: Policy, fleet: FleetSnapshot): Plan {
  const { instances, limits } = fleet;
  const inputs = inputsOf(fleet);
  const advice = policy(inputs);

  const start = toStart(instances, Math.min(advice.start, inputs.room));
  const spare = toStop(instances, advice.stop);
  const silent = silentToStop(instances, inputs);
  const chosen = new Set([...spare, ...silent]);
  const counted = instances.reduce((sum, instance) => sum + (instance.counted ? 1 : 0), 0);
  const overCap = toStopForCap(
    instances.filter((instance) => !chosen.has(instance)),
    Math.max(0, counted - limits.max - chosen.size),
  );

  const acts = [
    inWordsOfStart(advice, inputs, start.length),
    inWordsOfStop(advice, spare.length, overCap.length),
    overCap.length > 0 && `stop ${overCap.length} more, the cap is ${limits.max}`,
    ...silent.map(({ id }) => `replace ${id}, whose worker is silent`),
  ].filter((words) => words !== false);

  return {
    inputs,
    start: ids(start),
    stop: ids([...chosen, ...overCap]),
    reason: `${advice.because}: ${acts.join('; ') || 'nothing to do'}`,
  };
}

/**
 * All silent ones when nobody needs them; else one at a time, while nothing else is changing. Silence
 * may as well be that of the channel the workers report through, and then those workers are at work.
 */
function silentToStop(
  instances: readonly InstanceSummary[],
  { visible, inFlight, min, max, running, pending }: ScalingInputs,
): InstanceSummary[] {
  const silent = instances.filter(({ worker, stoppable }) => worker === 'silent' && stoppable);
  if (silent.length === 0) return silent;
  const wanted = Math.min(Math.max(visible + inFlight, min), max);
  if (running + pending >= wanted) return silent;
  const isCalm = instances.every(
    ({ state, stuck }) => stuck || (state !== 'pending' && state !== 'stopping'),
  );
  return silent.slice(0, isCalm ? 1 : 0);
}

function inWordsOfStart(
  advice: Advice,
  { visible, inFlight, running, pending, stopped, room, max }: ScalingInputs,
  starting: number,
): string | false {
  const isCapped = visible + inFlight > max || advice.start > room;
  if (starting > 0) {
    return `start ${starting} of ${stopped} stopped${isCapped ? `, the cap is ${max}` : ''}`;
  }
  if (visible + inFlight <= running + pending) return false;
  if (room === 0) return `none to start, the cap is ${max}`;
  return stopped === 0 && 'none to start, none is stopped';
}

function inWordsOfStop({ stop }: Advice, spare: number, overCap: number): string | false {
  const later = stop - spare - overCap;
  if (later <= 0) return spare > 0 && `stop ${spare}`;
  return spare > 0 ? `stop ${spare}, and ${later} once idle` : `stop ${later} once idle`;
}

const ids = (instances: readonly InstanceSummary[]): string[] => instances.map(({ id }) => id);
