import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Every machine of the service, or the controller and its instances on a modelled queue. */
export type SimulatedPart = 'every-machine' | 'controller-only';

/**
 * Simulated seconds in a second, of 19 instances that get a photo a second, once the fleet has come to
 * its level: the median of some runs. In a process of its own, as a simulation has it: beside one with
 * other parts, V8 compiles the same code for the parts of both.
 */
export async function simulatedSpeed(part: SimulatedPart): Promise<number> {
  const script = join(import.meta.dirname, 'simulated-speed-run.js');
  const { stdout } = await promisify(execFile)(process.execPath, [script, part]);
  return Number(stdout);
}
