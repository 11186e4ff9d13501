import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { OWNER_ONLY } from './environment.ts';

/**
 * Another one after each boot of the machine (Linux: random(4)); `undefined` where the system does not
 * tell boots apart.
 */
export const BOOT_ID = read();

/**
 * A folder in `parent`, made if need be, that only processes of this boot use. What earlier boots left
 * there is removed.
 */
export function folderOfBoot(parent: string, bootId: string): string {
  const name = `boot-${bootId}`;
  mkdirSync(join(parent, name), { recursive: true, mode: OWNER_ONLY });
  for (const other of readdirSync(parent)) {
    if (other !== name) rmSync(join(parent, other), { recursive: true, force: true });
  }
  return join(parent, name);
}

function read(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return undefined;
  }
}
