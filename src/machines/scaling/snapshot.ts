import type { InstanceState } from '../../bus/fleet.ts';

/** What a worker was last heard doing; `silent` when it never said a word, or none for too long. */
export type WorkerActivity = 'starting' | 'idle' | 'busy' | 'draining' | 'silent';

/** One instance as scaling sees it. */
export interface InstanceSummary {
  readonly id: string;
  readonly state: InstanceState;
  /** While the instance is `running`. */
  readonly worker?: WorkerActivity | undefined;
  /** Whether it has been settling for so long that nobody should count on it. */
  readonly stuck: boolean;
  /** Whether it counts towards the cap: it runs, is about to, or is not known to have stopped. */
  readonly counted: boolean;
  /** Whether it may be started now. */
  readonly startable: boolean;
  /** Whether it may be stopped now. */
  readonly stoppable: boolean;
  /** Starts in a row that came to nothing. */
  readonly failures: number;
  /** When it was launched or, unknown that, entered its state; milliseconds since the Unix epoch. */
  readonly since: number;
}

/** What there is to do. */
export interface Demand {
  /** Messages that wait in the request queue. */
  readonly visible: number;
  /** Messages that workers have in hand. */
  readonly inFlight: number;
}

/** Everything a scaling decision is made from: plain data, so that any decision can be made again. */
export interface FleetSnapshot {
  readonly demand: Demand;
  readonly limits: FleetLimits;
  readonly instances: readonly InstanceSummary[];
}

export interface FleetLimits {
  /** Instances to keep active when there is nothing to do. */
  readonly min: number;
  /** The cap: instances that may be active at most. */
  readonly max: number;
}

/** The counts of a snapshot, which are all that a policy goes by. */
export interface ScalingInputs extends Demand, FleetLimits {
  /** Instances that run and whose workers can be counted on. */
  readonly running: number;
  /** Instances that were started, do not run yet, and can be counted on. */
  readonly pending: number;
  /** Instances that may be started now. */
  readonly stopped: number;
  /** How many more may be started before the cap is reached. */
  readonly room: number;
}

export function inputsOf({ demand, limits, instances }: FleetSnapshot): ScalingInputs {
  let running = 0;
  let pending = 0;
  let stopped = 0;
  let counted = 0;
  for (const instance of instances) {
    if (instance.counted) counted++;
    if (instance.startable) stopped++;
    if (!isUsable(instance)) continue;
    if (instance.state === 'running') running++;
    else pending++;
  }
  const room = Math.max(0, limits.max - counted);
  return { ...demand, ...limits, running, pending, stopped, room };
}

/** Whether an instance does work, or soon will: active, and nothing said against it. */
export function isUsable({ state, worker, stuck }: InstanceSummary): boolean {
  if (state === 'pending') return !stuck;
  return state === 'running' && worker !== 'draining' && worker !== 'silent';
}
