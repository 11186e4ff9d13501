import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { packageRoot } from '../../src/package-root.ts';

export const PROGRAM = join(packageRoot, 'bin', 'facefleet.js');

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  /** What Ctrl-C does. */
  readonly interrupt: () => void;
  readonly finished: Promise<Finished>;
}

/** Starts `facefleet …`. */
export function run(...args: string[]): Running {
  const child = spawn(process.execPath, [PROGRAM, ...args], { env: environment() });
  const output = outputOf(child);
  const closed = once(child, 'close') as Promise<[number | null]>;
  return {
    interrupt: () => child.kill('SIGINT'),
    finished: closed.then(([code]) => ({ code, ...output })),
  };
}

/** Runs `facefleet …` to its end. */
export const facefleet = (...args: string[]): Promise<Finished> => run(...args).finished;

export interface Service {
  /** Where it listens, if it does. */
  readonly url: string;
  readonly pid: number;
  /** Resolves when it ends, for whatever reason. */
  readonly ended: Promise<Finished>;
  /** The log so far: one JSON object a line. */
  log(): Record<string, unknown>[];
  /** SIGTERM, then the end. */
  stop(): Promise<Finished>;
  /** SIGKILL for this process alone, then the end; workers of its own are left. */
  kill(): Promise<Finished>;
}

/** Starts `facefleet up …` on a free port and waits until it says that it is ready. */
export const startService = (...args: string[]): Promise<Service> =>
  start(['up', '--port', '0', ...args], ({ stdout }) => /ready on (\S+)/.exec(stdout)?.[1]);

/** Starts one part of the service and waits until its log says that it is ready. */
export const startPart = (
  part: 'web' | 'worker' | 'controller',
  ...args: string[]
): Promise<Service> => start([part, ...args], urlInLog('ready'));

/** Starts a web tier and waits until it listens, whether or not it is ready. */
export const startListening = (...args: string[]): Promise<Service> =>
  start(['web', '--port', '0', ...args], urlInLog('listening'));

const urlInLog =
  (message: string) =>
  (output: Output): string | undefined => {
    const line = linesOf(output).find(({ msg }) => msg === message);
    return line && ((line['url'] as string | undefined) ?? '');
  };

/** @param urlOf - tells from its output where it listens, once it is ready */
async function start(
  args: readonly string[],
  urlOf: (output: Output) => string | undefined,
): Promise<Service> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { env: environment() });
  const output = outputOf(child);
  const finished = finish(child, output);
  const ready = new Promise<string>((resolve) => {
    const look = (): void => {
      const url = urlOf(output);
      if (url !== undefined) resolve(url);
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
  });
  const end = (signal: NodeJS.Signals) => (): Promise<Finished> => {
    child.kill(signal);
    return finished;
  };
  return {
    url: await Promise.race([ready, finished.then(failedToStart)]),
    pid: child.pid ?? 0,
    ended: finished,
    log: () => linesOf(output),
    stop: end('SIGTERM'),
    kill: end('SIGKILL'),
  };
}

function failedToStart({ code, stderr }: Finished): never {
  throw new Error(`The service ended with ${code}: ${stderr}`);
}

interface Output {
  stdout: string;
  stderr: string;
}

function outputOf(child: ChildProcess): Output {
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.on('data', (chunk: Buffer) => (output[name] += chunk.toString()));
  }
  return output;
}

async function finish(child: ChildProcess, output: Output): Promise<Finished> {
  // The workers of a killed service keep its output open: its own exit is the end.
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, ...output };
}

/** The environment without settings of whoever runs the tests. */
function environment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('FACEFLEET_') && name !== 'HOST' && name !== 'PORT',
  );
  return Object.fromEntries(inherited);
}

const linesOf = ({ stderr }: Output): Record<string, unknown>[] =>
  stderr.split('\n').flatMap(parsed);

function parsed(line: string): Record<string, unknown>[] {
  return line.startsWith('{') && line.endsWith('}')
    ? [JSON.parse(line) as Record<string, unknown>]
    : [];
}

/** What a client is answered, as text or as JSON. */
export async function upload(
  url: string,
  photos: Readonly<Record<string, Uint8Array>>,
  accept = 'text/plain',
  signal?: AbortSignal,
): Promise<{ status: number; text: string }> {
  const form = new FormData();
  for (const [name, bytes] of Object.entries(photos)) {
    form.append('photo', new Blob([new Uint8Array(bytes)]), name);
  }
  const response = await fetch(url, {
    method: 'POST',
    body: form,
    headers: { accept },
    ...(signal && { signal }),
  });
  return { status: response.status, text: await response.text() };
}
