import { randomUUID } from 'node:crypto';
import { uptime } from 'node:os';

import { AwsFleet, FLEET_CALL_MS } from '../adapters/aws/fleet.ts';
import { leasedFleet } from '../adapters/aws/lease-guard.ts';
import { Lease } from '../adapters/aws/lease.ts';
import type { AwsWorld } from '../adapters/aws/world.ts';
import { systemClock } from '../adapters/system-clock.ts';
import type { Config } from '../config.ts';
import type { Logger } from '../log.ts';
import { AWS_TIMING } from '../machines/controller-timing.ts';
import { INSTANCE_TIMING } from '../machines/instance-timing.ts';
import { policies } from '../machines/scaling/policies.ts';
import { startController } from '../machines/start-controller.ts';
import {
  type ControllerConfig,
  type FleetControl,
  followWorkers,
  limitsOf,
  sourceOf,
} from './fleet-control.ts';
import { busOfController, openFleetEvents } from './fleet-events.ts';
import { withToldRefusals } from './told-refusals.ts';

/** The object of the gallery's bucket that says which controller acts. */
const LEASE_KEY = 'controller-lease';

/** What a controller does while the fleet is its own. */
interface Reign {
  wake(): void;
  end(): void;
}

/**
 * Takes part in the control of a fleet on AWS: of all controllers of one fleet the one with the lease
 * acts, and the others wait for it. Who stops leaves the fleet as it is.
 * @throws FleetLimitsError
 */
export function takeAwsFleet(
  world: AwsWorld,
  config: ControllerConfig & Config<'name'>,
  log: Logger,
): FleetControl {
  const limits = limitsOf(config);
  const events = openFleetEvents(config.dataDir, log);
  const { bus, remembered } = events;
  const fleet = new AwsFleet({
    ec2: world.clients.ec2,
    name: config.name,
    clock: systemClock,
    membersOnly: true,
  });
  let reign: Reign | undefined;

  const lease = new Lease({
    store: world.galleryBucket,
    key: LEASE_KEY,
    holder: randomUUID(),
    clock: systemClock,
    monotonic: () => uptime() * 1000,
    onAcquired() {
      log.info('this controller has the lease and scales the fleet');
      reign = begin();
    },
    onLost() {
      log.info('this controller has the lease no more');
      reign?.end();
      reign = undefined;
    },
    onFailure: (error) => log.warn({ err: error }, 'the lease could not be read or renewed'),
  });

  function begin(): Reign {
    const workers = followWorkers(world, bus, log);
    const controller = startController({
      ports: {
        clock: systemClock,
        fleet: withToldRefusals(leasedFleet(fleet, lease, FLEET_CALL_MS), log),
        requests: world.requests,
      },
      bus: busOfController(bus),
      policy: policies[config.policy],
      policyName: config.policy,
      limits,
      timing: AWS_TIMING,
      instanceTiming: INSTANCE_TIMING,
      seed: config.name,
      remembered: remembered.instances,
    });
    return {
      wake: () => controller.wake(),
      end() {
        controller.stop();
        // It ends with its poll, and what that brings is given back.
        void workers.stop();
      },
    };
  }

  return {
    source: sourceOf(events, world, limits),
    start: () => lease.start(),
    wake: () => reign?.wake(),
    publish: (event) => bus.publish(event),
    async stop() {
      await lease.release();
      events.close();
    },
  };
}
