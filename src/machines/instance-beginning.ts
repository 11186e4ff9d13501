import { ec2State } from '../bus/fleet-view.ts';
import type { InstanceState } from '../bus/fleet.ts';
import { type Launches, type Reading, shown, UNKNOWN_LAUNCH } from './instance-launch.ts';

/** An instance as an earlier controller left it. */
export interface Remembered extends Partial<Launches> {
  /** Its state path. */
  readonly state: string;
  /** When it entered the EC2 state that the path begins with. */
  readonly since: number;
}

/** Where the actor of an instance begins. */
export interface Beginning {
  readonly begin: InstanceState | 'pending.requested' | 'stopping.requested';
  readonly since: number;
  readonly launches: Launches;
}

/**
 * An actor begins with what an earlier controller knew, so that a restart makes no difference: then it
 * is told the reading as ever. An instance that nobody knew begins with the reading it was found by.
 */
export function beginning(
  reading: Reading,
  remembered: Remembered | undefined,
  at: number,
): Beginning {
  if (remembered) {
    const { since, launchedAt, lastLaunch } = remembered;
    return { begin: beginOf(remembered.state), since, launches: { launchedAt, lastLaunch } };
  }
  const { state, launchedAt } = reading;
  const isLaunched = state === 'pending' || state === 'running';
  return {
    begin: state,
    since: (isLaunched ? launchedAt : undefined) ?? at,
    launches: shown(UNKNOWN_LAUNCH, reading),
  };
}

/** Deadlines that have passed in the meantime pass again at once; what a worker does, it will tell. */
function beginOf(path: string): Beginning['begin'] {
  switch (path) {
    case 'pending.requested':
    case 'pending.overdue':
      return 'pending.requested';
    case 'stopping.requested':
    case 'stopping.overdue':
      return 'stopping.requested';
    default:
      return ec2State(path);
  }
}
