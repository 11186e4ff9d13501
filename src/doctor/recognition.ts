import { execFile, type ExecException } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { packageRoot } from '../package-root.ts';
import { type Check, failed, type Finding } from './check.ts';

/** Models take their time to load on a machine that is busy. */
const PATIENCE_MS = 60_000;

const TRIAL = join(packageRoot, 'dist/src/doctor/recognition-trial.js');

const run = promisify(execFile);

/**
 * Whether onnxruntime loads here, and the models find the one face of a drawing. A process of its own tries
 * it: the service has no memory to spare for models, and a processor that onnxruntime is not made for ends
 * whoever loads it.
 */
export function recognitionCheck(modelsDir: string, embedderId: string): Check {
  return {
    name: 'recognition',
    async look() {
      try {
        const { stdout } = await run(process.execPath, [TRIAL, modelsDir, embedderId], {
          timeout: PATIENCE_MS,
        });
        return JSON.parse(stdout) as Finding;
      } catch (error) {
        const { killed, signal, message } = error as ExecException;
        if (killed) {
          return failed(
            `The built-in picture was not recognised within ${PATIENCE_MS / 1000} s.`,
            'Look again when the machine is less busy.',
          );
        }
        const [why] = message.split('\n');
        return failed(
          `onnxruntime does not run here: ${signal ? `it was ended by ${signal}` : why}.`,
          'Install the packages again: npm ci. It needs x64 or arm64, and glibc on Linux.',
        );
      }
    },
  };
}
