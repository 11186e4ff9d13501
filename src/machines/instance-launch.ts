import type { InstanceState } from '../bus/fleet.ts';

/** What a provider said about an instance. */
export interface Reading {
  readonly state: InstanceState;
  /** When it was last launched, by the provider's clock; absent when the provider does not tell. */
  readonly launchedAt?: number;
}

/** What an instance actor knows of its launches, by the provider's clock. */
export interface Launches {
  /** The launch it is in; undefined while no reading has shown it yet. */
  readonly launchedAt: number | undefined;
  /** The launch before, whose readings are late now; undefined when no reading is to be distrusted. */
  readonly lastLaunch: number | undefined;
}

/** What is known of the launches once a start went out: the next reading worth anything is newer. */
export const relaunched = ({ launchedAt, lastLaunch }: Launches): Launches => ({
  launchedAt: undefined,
  lastLaunch: launchedAt ?? lastLaunch,
});

/** Believe whatever is read next. */
export const UNKNOWN_LAUNCH: Launches = { launchedAt: undefined, lastLaunch: undefined };

export const shown = (launches: Launches, { launchedAt }: Reading): Launches =>
  launchedAt === undefined ? launches : { launchedAt, lastLaunch: undefined };

/**
 * Whether a reading tells of the past. Providers are eventually consistent (EC2: "eventual
 * consistency" of DescribeInstances), but within one launch an instance only moves forward, and
 * launches only get younger: a reading that goes backwards is late, not news.
 */
export function isLate(reading: Reading, launches: Launches, believed: InstanceState): boolean {
  const { launchedAt } = reading;
  if (launchedAt === undefined) return false;
  if (launches.launchedAt === undefined) {
    return launches.lastLaunch !== undefined && launchedAt <= launches.lastLaunch;
  }
  return (
    launchedAt < launches.launchedAt ||
    (launchedAt === launches.launchedAt && ORDER[reading.state] < ORDER[believed])
  );
}

/** Whether a reading shows another launch than the one known, so that its worker is another one. */
export const isOtherLaunch = ({ launchedAt }: Reading, launches: Launches): boolean =>
  launchedAt !== undefined &&
  launches.launchedAt !== undefined &&
  launchedAt !== launches.launchedAt;

/** The course of one launch. */
const ORDER: Readonly<Record<InstanceState, number>> = {
  pending: 0,
  running: 1,
  stopping: 2,
  stopped: 3,
  'shutting-down': 4,
  terminated: 5,
};
