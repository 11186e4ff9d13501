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

/** The services that moto is asked for, by their names in a signature. */
export type MotoService = 'sqs' | 's3' | 'ec2' | 'iam' | 'sts' | 'tagging';

/**
 * Starts moto, an AWS in memory, in a process of its own on a free port. It loads a service when it is
 * first asked for it, which on a busy machine takes longer than the patience of our clients: those
 * named here are loaded already.
 */
export async function startMoto(services: readonly MotoService[]): Promise<Moto> {
  const child = spawn(MOTO_SERVER, ['--host', '127.0.0.1', '--port', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const url = await urlOf(child);
  for (const service of services) await load(url, service);
  return {
    url,
    async stop() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

async function load(url: string, service: MotoService): Promise<void> {
  const signedBy = `AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/${service}/aws4_request`;
  const answer = await fetch(url, { headers: { authorization: signedBy } });
  await answer.arrayBuffer();
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
