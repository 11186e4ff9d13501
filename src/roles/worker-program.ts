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
 * V8's settings for a worker.
 *
 * - A semi-space of 4 MB: pixels lie outside V8's heap, a megabyte for each small photo, and are freed by
 *   small collections. Of 1, 2, 4 and 16 MB none was faster beyond the noise.
 * - The heap, of which 25 MB live on, may grow to three times that before all of it is marked. By itself V8
 *   marked it every thirty photos, which took a twentieth of the processor time of a worker.
 * - Garbage is collected by the thread that made it: as there is a worker for each core, the helper
 *   threads of V8 only take the time of other workers. A worker takes a seventh less processor time.
 */
const V8_FLAGS = ['--max-semi-space-size=4', '--heap-growing-percent=200', '--single-threaded-gc'];

/** Program and arguments that run the worker of an instance of the local fleet. */
export const workerProgram =
  (config: WorkerConfig) =>
  (instanceId: string): readonly [string, ...string[]] => [
    process.execPath,
    ...V8_FLAGS,
    join(packageRoot, 'bin', 'facefleet.js'),
    'worker',
    '--instance-id',
    instanceId,
    ...settingFlags(WORKER_SETTINGS, config),
  ];
