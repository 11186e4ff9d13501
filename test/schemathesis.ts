import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { packageRoot } from '../src/package-root.ts';

/** Where `npm run schemathesis` installs it. */
const SCHEMATHESIS = join(packageRoot, 'test', '.cache', 'schemathesis', 'bin', 'schemathesis');

/** Whether the API can be held against its own document; without Python that is left out. */
export const isSchemathesisInstalled = existsSync(SCHEMATHESIS);

/** Runs `schemathesis …` in a folder to its end. */
export async function schemathesis(
  folder: string,
  ...args: string[]
): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn(SCHEMATHESIS, args, { cwd: folder });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}
