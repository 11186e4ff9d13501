import { waitFor } from 'xstate';

import { LocalFleet } from '../adapters/local/fleet.ts';
import type { LocalWorld } from '../adapters/local/world.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { sleep } from '../bus/clock.ts';
import { FacefleetError } from '../bus/errors.ts';
import type { Fleet } from '../bus/fleet.ts';
import type { RecentEvents } from '../bus/recent-events.ts';
import type { Config } from '../config.ts';
import type { FleetSource } from '../http/fleet-source.ts';
import type { Logger } from '../log.ts';
import { LOCAL_TIMING } from '../machines/controller-timing.ts';
import { INSTANCE_TIMING, type InstanceTiming } from '../machines/instance-timing.ts';
import { policies } from '../machines/scaling/policies.ts';
import type { FleetLimits } from '../machines/scaling/snapshot.ts';
import { type Controller, startController } from '../machines/start-controller.ts';
import { busOfController, openFleetEvents } from './fleet-events.ts';
import { holdFleet } from './service.ts';
import { followWorkerEvents } from './worker-events.ts';
import { WORKER_SETTINGS, workerProgram } from './worker-program.ts';

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
  /** Scales no more; on one machine, ends when every worker has finished its photos and exited. */
  stop(): Promise<void>;
}

/** Processes are read at once as what they are: a start or stop that a reading does not show failed. */
const LOCAL_INSTANCE_TIMING: InstanceTiming = { ...INSTANCE_TIMING, settleMs: 2000 };

const LOOK_WHILE_STOPPING_MS = 50;

/**
 * Takes the fleet of a data folder: its event log, and the controller that follows the request queue.
 * @throws FleetLimitsError, ControllerRunsError
 */
export function takeFleet(world: LocalWorld, config: ControllerConfig, log: Logger): FleetControl {
  const limits = limitsOf(config);
  const release = holdFleet(world.processes, config.dataDir);
  const events = openFleetEvents(config.dataDir, log);
  const { bus, recent, remembered } = events;
  const fleet = new LocalFleet({
    registry: world.processes,
    clock: systemClock,
    instanceIds: Array.from({ length: limits.max }, (_, index) => `worker-${index + 1}`),
    command: workerProgram(config),
    onExit: (instance) => bus.publish({ type: 'worker.exited', instance }),
  });
  const workers = followWorkerEvents({
    clock: systemClock,
    queue: world.events,
    bus,
    onFailure: (error) => log.error({ err: error }, 'a worker event could not be read'),
  });
  let controller: Controller | undefined;

  return {
    source: {
      recent,
      history: events.history,
      clock: systemClock,
      cap: limits.max,
      depth: () => world.requests.depth(),
    },
    start() {
      controller = startController({
        ports: { clock: systemClock, fleet, requests: world.requests },
        bus: busOfController(bus),
        policy: policies[config.policy],
        policyName: config.policy,
        limits,
        timing: LOCAL_TIMING,
        instanceTiming: LOCAL_INSTANCE_TIMING,
        seed: config.dataDir,
        remembered: remembered.instances,
      });
    },
    wake: () => controller?.wake(),
    async stop() {
      // It starts nothing more, and goes on hearing of the fleet, so that the event log has its end.
      controller?.setLimits({ min: 0, max: 0 });
      if (controller) await waitFor(controller.actor, (snapshot) => !snapshot.matches('acting'));
      await stopAll(fleet);
      controller?.wake();
      await untilStopped(recent);
      controller?.stop();
      await workers.stop();
      fleet.close();
      events.close();
      release();
    },
  };
}

/** @throws FleetLimitsError */
export function limitsOf({ minInstances, maxInstances }: ControllerConfig): FleetLimits {
  if (minInstances <= maxInstances) return { min: minInstances, max: maxInstances };
  throw new FleetLimitsError(
    `At least ${minInstances} and at most ${maxInstances} instances cannot be. ` +
      'Set --min-instances no higher than --max-instances.',
  );
}

/** Stops every instance, also those on their way up, and waits until no process is left. */
async function stopAll(fleet: Fleet): Promise<void> {
  for (;;) {
    const instances = await fleet.describe();
    const alive = instances.filter(({ state }) => state !== 'stopped');
    if (alive.length === 0) return;
    await fleet.stop(alive.filter(({ state }) => state !== 'stopping').map(({ id }) => id));
    await sleep(systemClock, LOOK_WHILE_STOPPING_MS);
  }
}

/** Waits, for a second at most, until the events have told that every instance has stopped. */
async function untilStopped(recent: RecentEvents): Promise<void> {
  const end = systemClock.now() + 1000;
  const isStopped = (): boolean => recent.view.instances.every(({ state }) => state === 'stopped');
  while (!isStopped() && systemClock.now() < end) {
    await sleep(systemClock, LOOK_WHILE_STOPPING_MS);
  }
}
