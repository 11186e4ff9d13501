import { join } from 'node:path';

import { type Config, settingFlags } from '../config.ts';
import { packageRoot } from '../package-root.ts';

/** The settings that a worker takes over from whoever starts it. */
export const WORKER_SETTINGS = [
  'dataDir',
  'modelsDir',
  'embedder',
  'slots',
  'visibilityTimeout',
  'logLevel',
] as const;

export type WorkerConfig = Config<(typeof WORKER_SETTINGS)[number]>;

/** Program and arguments that run the worker of an instance of the local fleet. */
export const workerProgram =
  (config: WorkerConfig) =>
  (instanceId: string): readonly [string, ...string[]] => [
    process.execPath,
    join(packageRoot, 'bin', 'facefleet.js'),
    'worker',
    '--instance-id',
    instanceId,
    ...settingFlags(WORKER_SETTINGS, config),
  ];
