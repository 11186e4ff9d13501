import { Command, Option } from 'commander';

import { openLocalWorld } from '../adapters/local/world.ts';
import { type Config, withSettings } from '../config.ts';
import { createLog } from '../log.ts';
import { joinFleet } from '../roles/instance.ts';
import { onStopSignal } from '../roles/stop-signal.ts';
import { startWorker } from '../roles/worker.ts';

const SETTINGS = [
  'dataDir',
  'modelsDir',
  'embedder',
  'slots',
  'visibilityTimeout',
  'logLevel',
] as const;

type WorkerConfig = Config<(typeof SETTINGS)[number]> & { readonly instanceId?: string };

export function workerCommand(): Command {
  const command = new Command('worker')
    .description('recognise the photos of the request queue until told to stop')
    .addOption(
      new Option('--instance-id <id>', 'the instance of the local fleet that this worker is').env(
        'FACEFLEET_INSTANCE_ID',
      ),
    )
    .action(run);
  return withSettings(command, SETTINGS);
}

async function run(config: WorkerConfig): Promise<void> {
  const { instanceId } = config;
  const log = createLog(config, { role: 'worker', ...(instanceId && { instanceId }) });
  const world = await openLocalWorld(config.dataDir);
  const worker = await startWorker(world, config, log);
  const membership =
    instanceId === undefined
      ? undefined
      : joinFleet({ processes: world.processes, instanceId, onOrphaned: worker.drain, log });
  onStopSignal(() => {
    log.info('draining');
    membership?.stopping();
    worker.drain();
  });
  log.info({ slots: config.slots }, 'ready');

  const reason = await worker.done;
  membership?.leave();
  await world.close();
  log.info({ reason }, 'stopped');
  // A hung recognition would keep the process alive.
  if (reason === 'hung') process.exit(1);
}
