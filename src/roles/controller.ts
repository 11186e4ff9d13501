import { waitFor } from 'xstate';

import { LocalFleet } from '../adapters/local/fleet.ts';
import type { LocalWorld } from '../adapters/local/world.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { sleep } from '../bus/clock.ts';
import type { Fleet } from '../bus/fleet.ts';
import type { RecentEvents } from '../bus/recent-events.ts';
import type { Logger } from '../log.ts';
import { LOCAL_TIMING } from '../machines/controller-timing.ts';
import { INSTANCE_TIMING, type InstanceTiming } from '../machines/instance-timing.ts';
import { policies } from '../machines/scaling/policies.ts';
import { type Controller, startController } from '../machines/start-controller.ts';
import {
  type ControllerConfig,
  type FleetControl,
  followWorkers,
  limitsOf,
  sourceOf,
} from './fleet-control.ts';
import { busOfController, openFleetEvents } from './fleet-events.ts';
import { holdFleet } from './service.ts';
import { workerProgram } from './worker-program.ts';

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
    onExit(instance, reason) {
      if (reason !== undefined) log.warn({ instance, reason }, 'a worker ended by itself');
      bus.publish({ type: 'worker.exited', instance, ...(reason !== undefined && { reason }) });
    },
    onGone: () => returnClaims(),
  });
  let returning = Promise.resolve();
  /** What a killed worker had in hand does not wait for its visibility timeout. */
  const returnClaims = (): void => {
    returning = returning
      .then(() => world.returnRequestsOfDead())
      .catch((error: unknown) => log.error({ err: error }, 'a dead worker keeps its photos'));
  };
  const workers = followWorkers(world, bus, log);
  let controller: Controller | undefined;

  return {
    source: sourceOf(events, world, limits),
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
    publish: (event) => bus.publish(event),
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
      await returning;
      events.close();
      release();
    },
  };
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
