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

/**
 * In megabytes. Pixels lie outside V8's heap. With its default of 16 MB they made it mark the whole heap
 * after every eighth photo; with this it frees them in its small collections, some 8 % of a worker's
 * processor time less.
 */
const SEMI_SPACE_MB = 4;

/** Program and arguments that run the worker of an instance of the local fleet. */
export const workerProgram =
  (config: WorkerConfig) =>
  (instanceId: string): readonly [string, ...string[]] => [
    process.execPath,
    `--max-semi-space-size=${SEMI_SPACE_MB}`,
    join(packageRoot, 'bin', 'facefleet.js'),
    'worker',
    '--instance-id',
    instanceId,
    ...settingFlags(WORKER_SETTINGS, config),
  ];
