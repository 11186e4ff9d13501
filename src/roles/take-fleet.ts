import type { AwsWorld } from '../adapters/aws/world.ts';
import type { LocalWorld } from '../adapters/local/world.ts';
import type { Config } from '../config.ts';
import type { Logger } from '../log.ts';
import { takeFleet } from './controller.ts';
import type { ControllerConfig, FleetControl } from './fleet-control.ts';

/**
 * Takes the fleet of the world that this process is in.
 * @throws FleetLimitsError, ControllerRunsError
 */
export async function takeFleetOf(
  world: LocalWorld | AwsWorld,
  config: ControllerConfig & Config<'name'>,
  log: Logger,
): Promise<FleetControl> {
  if (world.kind === 'local') return takeFleet(world, config, log);
  // The AWS SDK takes its time to load: who runs on one machine does without.
  const { takeAwsFleet } = await import('./aws-controller.ts');
  return takeAwsFleet(world, config, log);
}
