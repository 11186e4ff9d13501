import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { openClients } from '../../src/adapters/aws/clients.ts';
import { AwsFleet } from '../../src/adapters/aws/fleet.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { packageRoot } from '../../src/package-root.ts';

export interface AgentOptions {
  /** Of the fleet. */
  readonly name: string;
  /** File that the workers log to. */
  readonly logFile: string;
  /** More arguments of every worker. */
  readonly args?: readonly string[];
}

export interface Agent {
  /** Process ids of the workers, by instance id. */
  readonly workers: ReadonlyMap<string, number>;
  /** Ends every worker by SIGTERM, and follows the fleet no more. */
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 300;

/**
 * Stands in for the instances themselves: runs a real worker process for each instance that EC2 says
 * is running, again when it dies (as systemd does), and ends it by SIGTERM when the instance stops.
 */
export function startAgent({ name, logFile, args = [] }: AgentOptions): Agent {
  const clients = openClients();
  const fleet = new AwsFleet({ ec2: clients.ec2, name, clock: systemClock });
  const output = openSync(logFile, 'a');
  const children = new Map<string, ChildProcess>();
  const workers = new Map<string, number>();
  const ending = new Set<string>();
  const stopped = new AbortController();

  const start = (id: string): void => {
    const program = join(packageRoot, 'bin', 'facefleet.js');
    const settings = ['--world', 'aws', '--name', name, '--instance-id', id, ...args];
    const child = spawn(process.execPath, [program, 'worker', ...settings], {
      stdio: ['ignore', output, output],
    });
    children.set(id, child);
    if (child.pid !== undefined) workers.set(id, child.pid);
    child.once('exit', () => {
      children.delete(id);
      workers.delete(id);
      ending.delete(id);
    });
  };
  /** Once: a second SIGTERM would cut its photos off. */
  const end = (id: string): void => {
    if (ending.has(id)) return;
    ending.add(id);
    children.get(id)?.kill('SIGTERM');
  };
  const follow = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const instances = await fleet.describe().catch(() => []);
      const running = new Set(
        instances.filter(({ state }) => state === 'running').map(({ id }) => id),
      );
      for (const id of running) if (!children.has(id)) start(id);
      if (instances.length > 0) for (const id of children.keys()) if (!running.has(id)) end(id);
      await wait(LOOK_EVERY_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  };
  const following = follow();

  return {
    workers,
    async stop() {
      stopped.abort();
      await following;
      const exits = [...children.values()].map((child) => once(child, 'exit'));
      for (const id of children.keys()) end(id);
      await Promise.all(exits);
      clients.destroy();
      closeSync(output);
    },
  };
}
