import { type InstanceSummary, isUsable } from './snapshot.ts';

/** The instances to start: those that failed least, in the order of the fleet. */
export function toStart(instances: readonly InstanceSummary[], count: number): InstanceSummary[] {
  return instances
    .filter((instance) => instance.startable)
    .toSorted((a, b) => a.failures - b.failures)
    .slice(0, count);
}

/**
 * The instances to stop because there is no work for them: idle ones first, then those whose workers
 * have not said a word yet, the shortest-running of each first. A busy one has work, whatever the
 * counts say: it becomes idle first, so there may be fewer than asked for.
 */
export function toStop(instances: readonly InstanceSummary[], count: number): InstanceSummary[] {
  return instances
    .filter((instance) => instance.stoppable && isUsable(instance) && instance.worker !== 'busy')
    .toSorted(bySpareness)
    .slice(0, count);
}

/**
 * The instances to stop because the cap was lowered: like `toStop`, and busy ones last, which finish
 * the photo in hand before they go.
 */
export function toStopForCap(
  instances: readonly InstanceSummary[],
  count: number,
): InstanceSummary[] {
  return instances
    .filter((instance) => instance.stoppable)
    .toSorted(bySpareness)
    .slice(0, count);
}

const SPARENESS = { silent: 0, draining: 0, idle: 1, starting: 2, busy: 3 };

function bySpareness(a: InstanceSummary, b: InstanceSummary): number {
  return spareness(a) - spareness(b) || b.since - a.since;
}

const spareness = ({ worker }: InstanceSummary): number => SPARENESS[worker ?? 'starting'];
