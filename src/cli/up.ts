import { Command } from 'commander';

import { type Config, withSettings, WORLD_SETTINGS } from '../config.ts';
import { machineChecks } from '../doctor/machine-checks.ts';
import { createLog } from '../log.ts';
import { CONTROLLER_SETTINGS } from '../roles/fleet-control.ts';
import { checkWorkerNeeds } from '../roles/preflight.ts';
import { holdDataFolder } from '../roles/service.ts';
import { onStopSignal } from '../roles/stop-signal.ts';
import { takeFleetOf } from '../roles/take-fleet.ts';
import { openWaitingWeb } from '../roles/waiting-web.ts';
import { startWeb, WEB_SETTINGS } from '../roles/web.ts';
import { openWebWorld } from '../roles/world.ts';
import { settingsInForce } from './settings-in-force.ts';

const SETTINGS = [
  ...WORLD_SETTINGS,
  'ownResponseQueue',
  ...WEB_SETTINGS,
  ...CONTROLLER_SETTINGS,
] as const;

export function upCommand(): Command {
  const command = new Command('up')
    .description('run the whole service on this machine: web tier, controller and workers')
    .action(run);
  return withSettings(command, SETTINGS);
}

async function run(config: Config<(typeof SETTINGS)[number]>, command: Command): Promise<void> {
  const log = createLog(config, { role: 'service' });
  const waiting = config.world === 'aws' ? await openWaitingWeb(config, log) : undefined;
  const world = await openWebWorld(config, log, waiting?.tell);
  await checkWorkerNeeds(world, config);
  const release =
    world.kind === 'local' ? holdDataFolder(world.processes, config.dataDir) : undefined;
  const fleet = await takeFleetOf(world, config, log);
  const web = await startWeb(world, config, log, {
    controller: fleet,
    door: waiting?.door,
    settings: settingsInForce(command),
    checks: machineChecks(config),
  });
  onStopSignal(log, async () => {
    log.info('stopping: the photos under way are finished first');
    await web.stop();
    await fleet.stop();
    release?.();
    await world.close();
    log.info('stopped');
  });

  fleet.start();
  const { minInstances, maxInstances, policy } = config;
  log.info({ url: web.url, minInstances, maxInstances, policy }, 'ready');
  process.stdout.write(`facefleet is ready on ${web.url}\n`);
}
