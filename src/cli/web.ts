import { Command } from 'commander';

import { type Config, withSettings, WORLD_SETTINGS } from '../config.ts';
import { machineChecks } from '../doctor/machine-checks.ts';
import { createLog } from '../log.ts';
import { holdDataFolder } from '../roles/service.ts';
import { onStopSignal } from '../roles/stop-signal.ts';
import { openWaitingWeb } from '../roles/waiting-web.ts';
import { startWeb, WEB_SETTINGS } from '../roles/web.ts';
import { openWebWorld } from '../roles/world.ts';
import { settingsInForce } from './settings-in-force.ts';

const SETTINGS = [
  ...WORLD_SETTINGS,
  'ownResponseQueue',
  'dataDir',
  ...WEB_SETTINGS,
  'logLevel',
] as const;

export function webCommand(): Command {
  const command = new Command('web')
    .description(
      'take photos over HTTP and answer with names; needs a controller or workers on the same data folder, or on AWS',
    )
    .action(run);
  return withSettings(command, SETTINGS);
}

async function run(config: Config<(typeof SETTINGS)[number]>, command: Command): Promise<void> {
  const log = createLog(config, { role: 'web' });
  const waiting = config.world === 'aws' ? await openWaitingWeb(config, log) : undefined;
  const world = await openWebWorld(config, log, waiting?.tell);
  const release =
    world.kind === 'local' ? holdDataFolder(world.processes, config.dataDir) : undefined;
  const web = await startWeb(world, config, log, {
    door: waiting?.door,
    settings: settingsInForce(command),
    checks: machineChecks(config),
  });
  onStopSignal(log, async () => {
    await web.stop();
    release?.();
    await world.close();
    log.info('stopped');
  });

  log.info({ url: web.url }, 'ready');
}
