import { Command } from 'commander';

import { openLocalWorld } from '../adapters/local/world.ts';
import { withSettings } from '../config.ts';
import { createLog } from '../log.ts';
import { CONTROLLER_SETTINGS, type ControllerConfig, takeFleet } from '../roles/controller.ts';
import { checkWorkerNeeds } from '../roles/preflight.ts';
import { onStopSignal } from '../roles/stop-signal.ts';

export function controllerCommand(): Command {
  const command = new Command('controller')
    .description('start and stop workers as the request queue grows and shrinks')
    .action(run);
  return withSettings(command, CONTROLLER_SETTINGS);
}

async function run(config: ControllerConfig): Promise<void> {
  const log = createLog(config, { role: 'controller' });
  const world = await openLocalWorld(config.dataDir);
  await checkWorkerNeeds(world, config);
  const fleet = takeFleet(world, config, log);
  onStopSignal(log, async () => {
    log.info('stopping: the photos in hand are finished first');
    await fleet.stop();
    await world.close();
    log.info('stopped');
  });

  fleet.start();
  const { minInstances, maxInstances, policy } = config;
  log.info({ minInstances, maxInstances, policy }, 'ready');
}
