import { Command, Option } from 'commander';

import { openImds } from '../adapters/aws/imds.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { type Config, withSettings, WORLD_SETTINGS } from '../config.ts';
import { createLog } from '../log.ts';
import { joinFleet } from '../roles/instance.ts';
import { checkWorkerNeeds } from '../roles/preflight.ts';
import { tellReady } from '../roles/ready-word.ts';
import { watchSpotNotice } from '../roles/spot-notice.ts';
import { endAtOnce, onStopSignal } from '../roles/stop-signal.ts';
import { WorkerActivity } from '../roles/worker-activity.ts';
import { WORKER_SETTINGS } from '../roles/worker-program.ts';
import { startWorker } from '../roles/worker.ts';
import { openWorld } from '../roles/world.ts';

const SETTINGS = [...WORLD_SETTINGS, ...WORKER_SETTINGS] as const;

type Settings = Config<(typeof SETTINGS)[number]> & { readonly instanceId?: string };

export function workerCommand(): Command {
  const command = new Command('worker')
    .description('recognise the photos of the request queue until told to stop')
    .addOption(
      new Option(
        '--instance-id <id>',
        'the instance of the fleet that this worker is; on EC2 it finds out itself',
      ).env('FACEFLEET_INSTANCE_ID'),
    )
    .action(run);
  return withSettings(command, SETTINGS);
}

async function run(config: Settings): Promise<void> {
  // Whoever starts a worker of a local fleet says which instance it is; EC2 says so itself.
  const imds = config.world === 'aws' && config.instanceId === undefined ? openImds() : undefined;
  const instanceId = config.instanceId ?? (await imds?.instanceId());
  const log = createLog(config, { role: 'worker', ...(instanceId && { instanceId }) });
  const world = await openWorld(config, log);
  // For an instance of the fleet its controller has done this.
  if (instanceId === undefined) await checkWorkerNeeds(world, config);
  const activity =
    instanceId === undefined
      ? undefined
      : new WorkerActivity({
          clock: systemClock,
          events: world.events,
          instance: instanceId,
          onFailure: (error) => log.warn({ err: error }, 'the controller could not be told'),
        });
  const worker = await startWorker(world, config, log, activity);
  const membership =
    instanceId === undefined || world.kind === 'aws'
      ? undefined
      : joinFleet({
          processes: world.processes,
          clock: systemClock,
          instanceId,
          onOrphaned: worker.drain,
          log,
        });
  const drain = (): void => {
    log.info('draining');
    worker.drain();
    membership?.stopping();
  };
  onStopSignal(log, drain);
  const forgetSpotNotice =
    imds === undefined || instanceId === undefined
      ? undefined
      : watchSpotNotice({
          clock: systemClock,
          imds,
          onNotice({ action, time }) {
            log.warn({ action, time }, 'EC2 takes this spot instance back');
            drain();
          },
        });
  activity?.ready();
  if (world.kind === 'aws' && instanceId !== undefined) await tellReady(world, instanceId, log);
  log.info({ slots: config.slots }, 'ready');

  const reason = await worker.done;
  if (reason === 'hung') {
    log.error('a recognition hangs: this process ends itself');
    endAtOnce();
  }
  forgetSpotNotice?.();
  membership?.leave();
  await activity?.close();
  await world.close();
  log.info('stopped');
}
