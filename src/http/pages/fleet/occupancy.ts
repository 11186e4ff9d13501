import type { Occupancy } from './chart.ts';
import { GONE, lastUntil, stateAt, type Tracks } from './tracks.ts';

/** How long the controller is shown acting; its calls leave no event when they went well. */
const ACTING_MS = 400;

/** The state of each instance at a time. */
export function instanceStates(tracks: Tracks, at: number): Map<string, string> {
  const states = new Map<string, string>();
  for (const track of tracks.tracks.values()) {
    const state = stateAt(track, at);
    if (state !== GONE) states.set(track.id, state);
  }
  return states;
}

export function countStates(states: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts;
}

/**
 * The other machines, as far as the log tells of them: the controller by its decisions and failures,
 * workers by what they said last, requests by the controller's counts.
 */
export function otherOccupancies(
  tracks: Tracks,
  at: number,
  instances: Occupancy,
): Record<'controller' | 'worker' | 'request', Occupancy> {
  return {
    controller: new Map([[controllerState(tracks, at), 1]]),
    worker: withoutZeros([
      ['receiving', instances.get('running.idle') ?? 0],
      ['working', (instances.get('running.busy') ?? 0) + (instances.get('running.draining') ?? 0)],
    ]),
    request: withoutZeros([['queued', messagesAt(tracks, at)]]),
  };
}

function controllerState({ decisions, failures }: Tracks, at: number): string {
  const decision = lastUntil(decisions, at);
  const failure = lastUntil(failures, at);
  if (failure && failure.at >= (decision?.at ?? 0) && at < failure.at + failure.event.restMs) {
    return 'backingOff';
  }
  const acts = (decision?.event.start.length ?? 0) + (decision?.event.stop.length ?? 0) > 0;
  return decision && acts && at < decision.at + ACTING_MS ? 'acting' : 'waiting';
}

/** Messages that wait or are in hand, by the last decision. */
function messagesAt({ decisions }: Tracks, at: number): number {
  const { visible = 0, inFlight = 0 } = lastUntil(decisions, at)?.event.inputs ?? {};
  return visible + inFlight;
}

const withoutZeros = (counts: readonly (readonly [string, number])[]): Occupancy =>
  new Map(counts.filter(([, count]) => count > 0));
