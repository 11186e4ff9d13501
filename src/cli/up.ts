import { join } from 'node:path';

import { Command } from 'commander';

import { LocalFleet } from '../adapters/local/fleet.ts';
import { openLocalWorld } from '../adapters/local/world.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { type Config, settingFlags, withSettings } from '../config.ts';
import { createLog } from '../log.ts';
import { packageRoot } from '../package-root.ts';
import { readModelSet } from '../recognition/model-manifest.ts';
import { keepRunning } from '../roles/keep-running.ts';
import { holdDataFolder } from '../roles/service.ts';
import { onStopSignal } from '../roles/stop-signal.ts';
import { startWeb } from '../roles/web.ts';

const WORKER_SETTINGS = [
  'dataDir',
  'modelsDir',
  'embedder',
  'slots',
  'visibilityTimeout',
  'logLevel',
] as const;
const SETTINGS = ['host', 'port', 'deadline', 'workers', ...WORKER_SETTINGS] as const;

type UpConfig = Config<(typeof SETTINGS)[number]>;

export function upCommand(): Command {
  const command = new Command('up')
    .description('run the whole service on this machine: web tier and workers')
    .action(run);
  return withSettings(command, SETTINGS);
}

async function run(config: UpConfig): Promise<void> {
  const log = createLog(config, { role: 'service' });
  // The workers would find out too, but each on its own and again and again.
  await readModelSet(config.modelsDir, config.embedder);
  const world = await openLocalWorld(config.dataDir);
  const release = holdDataFolder(world.processes, config.dataDir);
  const web = await startWeb(world, config, log);
  const fleet = new LocalFleet({
    registry: world.processes,
    clock: systemClock,
    instanceIds: Array.from({ length: config.workers }, (_, index) => `worker-${index + 1}`),
    command: workerProgram(config),
  });
  const workers = keepRunning(fleet, systemClock, log);
  log.info({ url: web.url, workers: config.workers }, 'ready');
  process.stdout.write(`facefleet is ready on ${web.url}\n`);

  onStopSignal(() => {
    void (async () => {
      log.info('stopping: the photos under way are finished first');
      await web.stop();
      await workers.stop();
      release();
      fleet.close();
      await world.close();
      log.info('stopped');
    })();
  });
}

const workerProgram =
  (config: UpConfig) =>
  (instanceId: string): readonly [string, ...string[]] => [
    process.execPath,
    join(packageRoot, 'bin', 'facefleet.js'),
    'worker',
    '--instance-id',
    instanceId,
    ...settingFlags(WORKER_SETTINGS, config),
  ];
