import type { FleetSnapshot, InstanceSummary } from '../../../src/machines/scaling/snapshot.ts';

/** One instance in a given situation, as scaling sees it. */
export const instances = {
  stopped: { state: 'stopped', startable: true, stoppable: false, counted: false },
  resting: { state: 'stopped', startable: false, stoppable: false, counted: false },
  pending: { state: 'pending', startable: false, stoppable: false, counted: true },
  stuckPending: { state: 'pending', startable: false, stoppable: false, counted: true },
  starting: running('starting'),
  idle: running('idle'),
  busy: running('busy'),
  draining: { ...running('draining'), stoppable: false },
  silent: running('silent'),
  stopping: { state: 'stopping', startable: false, stoppable: false, counted: false },
  unconfirmedStop: { state: 'stopping', startable: false, stoppable: false, counted: true },
  terminated: { state: 'terminated', startable: false, stoppable: false, counted: false },
} as const satisfies Record<string, Partial<InstanceSummary>>;

export type Situation = keyof typeof instances;

function running(worker: NonNullable<InstanceSummary['worker']>) {
  return { state: 'running', worker, startable: false, stoppable: true, counted: true } as const;
}

/** A fleet of so many instances in each situation; ids are the situation and a number. */
export function fleetOf(
  counts: Partial<Record<Situation, number>>,
  demand: Partial<FleetSnapshot['demand']> = {},
  limits: Partial<FleetSnapshot['limits']> = {},
): FleetSnapshot {
  const situations = Object.keys(counts) as Situation[];
  return {
    demand: { visible: 0, inFlight: 0, ...demand },
    limits: { min: 0, max: 19, ...limits },
    instances: situations.flatMap((situation) =>
      Array.from({ length: counts[situation] ?? 0 }, (_, index) => ({
        id: `${situation}-${index}`,
        stuck: situation === 'stuckPending',
        failures: 0,
        since: index,
        ...instances[situation],
      })),
    ),
  };
}
