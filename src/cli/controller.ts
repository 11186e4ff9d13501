import { Command } from 'commander';

import { type Config, withSettings, WORLD_SETTINGS } from '../config.ts';
import { createLog } from '../log.ts';
import { CONTROLLER_SETTINGS } from '../roles/fleet-control.ts';
import { checkWorkerNeeds } from '../roles/preflight.ts';
import { onStopSignal } from '../roles/stop-signal.ts';
import { takeFleetOf } from '../roles/take-fleet.ts';
import { openWorld } from '../roles/world.ts';

const SETTINGS = [...WORLD_SETTINGS, ...CONTROLLER_SETTINGS] as const;

export function controllerCommand(): Command {
  const command = new Command('controller')
    .description('start and stop workers as the request queue grows and shrinks')
    .action(run);
  return withSettings(command, SETTINGS);
}

async function run(config: Config<(typeof SETTINGS)[number]>): Promise<void> {
  const log = createLog(config, { role: 'controller' });
  const world = await openWorld(config, log);
  await checkWorkerNeeds(world, config);
  const fleet = await takeFleetOf(world, config, log);
  onStopSignal(log, async () => {
    log.info('stopping');
    await fleet.stop();
    await world.close();
    log.info('stopped');
  });

  fleet.start();
  const { minInstances, maxInstances, policy } = config;
  log.info({ minInstances, maxInstances, policy }, 'ready');
}
