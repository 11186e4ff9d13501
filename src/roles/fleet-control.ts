import { systemClock } from '../adapters/system-clock.ts';
import { FacefleetError } from '../bus/errors.ts';
import type { EventBus, PublishedEvent } from '../bus/event-bus.ts';
import type { World } from '../bus/world.ts';
import type { Config } from '../config.ts';
import type { FleetSource } from '../http/fleet-source.ts';
import type { Logger } from '../log.ts';
import type { FleetLimits } from '../machines/scaling/snapshot.ts';
import type { FleetEvents } from './fleet-events.ts';
import { followWorkerEvents } from './worker-events.ts';
import { WORKER_SETTINGS } from './worker-program.ts';

export const CONTROLLER_SETTINGS = [
  'minInstances',
  'maxInstances',
  'policy',
  ...WORKER_SETTINGS,
] as const;

export type ControllerConfig = Config<(typeof CONTROLLER_SETTINGS)[number]>;

/** Thrown when the fleet is to be larger at least than it may be at most. */
export class FleetLimitsError extends FacefleetError {
  readonly code = 'fleet_limits_invalid';
}

/** A fleet in the hands of this process. */
export interface FleetControl {
  /** What HTTP tells of the fleet. */
  readonly source: FleetSource;
  /** Begins to scale. */
  start(): void;
  /** There is a photo more in the queue. */
  wake(): void;
  /** Tells something on the fleet's event bus. */
  publish(event: PublishedEvent): void;
  /** Scales no more; on one machine, ends when every worker has finished its photos and exited. */
  stop(): Promise<void>;
}

/** @throws FleetLimitsError */
export function limitsOf({ minInstances, maxInstances }: ControllerConfig): FleetLimits {
  if (minInstances <= maxInstances) return { min: minInstances, max: maxInstances };
  throw new FleetLimitsError(
    `At least ${minInstances} and at most ${maxInstances} instances cannot be. ` +
      'Set --min-instances no higher than --max-instances.',
  );
}

/** What HTTP tells of a fleet: its events, and what there is to do. */
export const sourceOf = (
  { recent, history }: FleetEvents,
  { requests }: Pick<World, 'requests'>,
  { max: cap }: FleetLimits,
): FleetSource => ({
  recent,
  history,
  clock: systemClock,
  cap,
  depth: () => requests.depth(),
});

/** Brings what the workers tell to the bus, until told to stop. */
export const followWorkers = (
  { events: queue }: Pick<World, 'events'>,
  bus: EventBus,
  log: Logger,
): ReturnType<typeof followWorkerEvents> =>
  followWorkerEvents({
    clock: systemClock,
    queue,
    bus,
    onFailure: (error) => log.error({ err: error }, 'a worker event could not be read'),
  });
