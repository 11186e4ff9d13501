import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { packageRoot } from '../src/package-root.ts';

/** Where `npm run moto` installs it. */
const MOTO_SERVER = join(packageRoot, 'test', '.cache', 'moto', 'bin', 'moto_server');

/** Whether the tests that need AWS can run; without Python they are left out. */
export const isMotoInstalled = existsSync(MOTO_SERVER);

export interface Moto {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts moto, an AWS in memory, in a process of its own on a free port. */
export async function startMoto(): Promise<Moto> {
  const child = spawn(MOTO_SERVER, ['--host', '127.0.0.1', '--port', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const url = await urlOf(child);
  return {
    url,
    async stop() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

async function urlOf(child: ChildProcess): Promise<string> {
  const lines: string[] = [];
  // Read on to the end: a pipe that nobody reads would stop the server.
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stderr ?? process.stdin }).on('line', (line) => {
      lines.push(line);
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
      if (url) resolve(url);
    });
    child.once('exit', () => reject(new Error(`moto did not start:\n${lines.join('\n')}`)));
  });
}
