import { ec2State } from '../bus/fleet-view.ts';
import type { InstanceState } from '../bus/fleet.ts';
import {
  type Launches,
  type Reading,
  relaunched,
  shown,
  UNKNOWN_LAUNCH,
} from './instance-launch.ts';

/** Where an earlier controller left an instance: its state path, and since when it was so. */
export interface Remembered {
  readonly state: string;
  readonly since: number;
}

/** Where the actor of an instance begins. */
export interface Beginning {
  readonly begin: InstanceState | 'pending.requested' | 'stopping.requested';
  readonly since: number;
  readonly launches: Launches;
}

/**
 * A new actor believes the reading it is made from. What an earlier controller left behind adds two
 * things: since when it has been so, and a command whose effect the reading may be too late to show.
 */
export function beginning(
  reading: Reading,
  remembered: Remembered | undefined,
  at: number,
): Beginning {
  const launches = shown(UNKNOWN_LAUNCH, reading);
  if (remembered && isUnseen(remembered.state, reading)) {
    const { since } = remembered;
    return ec2State(remembered.state) === 'pending'
      ? { begin: 'pending.requested', since, launches: relaunched(launches) }
      : { begin: 'stopping.requested', since, launches };
  }
  const begin = reading.state;
  if (remembered && ec2State(remembered.state) === begin) {
    return { begin, since: remembered.since, launches };
  }
  const isLaunched = begin === 'pending' || begin === 'running';
  return { begin, since: (isLaunched ? reading.launchedAt : undefined) ?? at, launches };
}

/** Whether a command went out whose effect the reading does not show. */
function isUnseen(remembered: string, { state }: Reading): boolean {
  switch (remembered) {
    case 'pending.requested':
    case 'pending.overdue':
      return state === 'stopped' || state === 'stopping';
    case 'stopping.requested':
    case 'stopping.overdue':
      return state === 'running' || state === 'pending';
    default:
      return false;
  }
}
