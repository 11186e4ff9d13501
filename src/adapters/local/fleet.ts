import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

import type { Clock } from '../../bus/clock.ts';
import type { Fleet, InstanceDescription, InstanceResult } from '../../bus/fleet.ts';
import { HEARD_ENVIRONMENT, hearLastWords, LAST_WORDS_FD } from './last-words.ts';
import { identityOf, isAlive, type ProcessIdentity } from './process-identity.ts';
import type { ProcessRecord, ProcessRegistry } from './process-registry.ts';

export interface LocalFleetOptions {
  readonly registry: ProcessRegistry;
  readonly clock: Clock;
  /** The ids of the pool's instances. */
  readonly instanceIds: readonly string[];
  /** Program and arguments that run an instance's worker. */
  readonly command: (instanceId: string) => readonly [program: string, ...args: string[]];
  /**
   * Called when the worker process that we started for an instance has exited. `reason` is what it said
   * last, or how it ended; absent when it ended because it was told to.
   */
  readonly onExit?: (instanceId: string, reason?: string) => void;
  /** Called when a process of the fleet is found to have ended, whoever started it. */
  readonly onGone?: () => void;
}

/** A worker that has not drained by then is killed, as EC2 cuts the power in the end. */
const STOP_TIMEOUT_MS = 180_000;

/**
 * A fleet whose instances are worker processes on this machine. Each runs in a process group of its
 * own, so that a Ctrl-C meant for the service does not cut it off in the middle of a photo; it
 * registers itself as `running` when it is ready. An instance without a process is `stopped`. What an
 * earlier service left running belongs to the fleet, also when the pool has become smaller.
 */
export class LocalFleet implements Fleet {
  readonly #options: LocalFleetOptions;
  readonly #killTimers = new Map<string, unknown>();
  /** The last process that we started for each instance. */
  readonly #children = new Map<string, ChildProcess>();
  /** Their numbers when the fleet was read last. */
  #living: ReadonlySet<number> = new Set();

  constructor(options: LocalFleetOptions) {
    this.#options = options;
  }

  async describe(): Promise<InstanceDescription[]> {
    const records = this.#options.registry.instances();
    this.#noticeGone(records.values());
    return [...new Set([...this.#options.instanceIds, ...records.keys()])].map((id) => {
      const record = records.get(id);
      if (record === undefined) return { id, state: 'stopped' };
      return { id, state: record.state, launchedAt: record.launchedAt };
    });
  }

  start(ids: readonly string[]): Promise<InstanceResult[]> {
    return Promise.all(ids.map((id) => this.#start(id)));
  }

  async stop(ids: readonly string[]): Promise<InstanceResult[]> {
    return ids.map((id) => this.#stop(id));
  }

  /** Forgets the processes; they run on. */
  close(): void {
    for (const id of this.#killTimers.keys()) this.#cancelKill(id);
  }

  #noticeGone(records: Iterable<ProcessRecord>): void {
    const living = new Set([...records].map(({ pid }) => pid));
    const isGone = [...this.#living].some((pid) => !living.has(pid));
    this.#living = living;
    if (isGone) this.#options.onGone?.();
  }

  async #start(id: string): Promise<InstanceResult> {
    const { registry, clock, command, onExit } = this.#options;
    if (registry.get(id) !== undefined) return incorrectState(id, 'is not stopped');

    const [program, ...args] = command(id);
    const child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
      env: { ...process.env, ...HEARD_ENVIRONMENT },
    });
    const lastWords = hearLastWords(child.stdio[LAST_WORDS_FD] as Readable);
    this.#children.set(id, child);
    // Not "exit", which may come before its last words.
    child.once('close', (code, signal) => {
      // Its successor may have been started before the news of its end arrived.
      if (this.#children.get(id) !== child) return;
      this.#children.delete(id);
      this.#cancelKill(id);
      onExit?.(id, reasonOf(code, signal, lastWords()));
    });
    const identity = await spawned(child);
    if (identity === undefined) {
      return { id, error: { code: 'spawn_failed', message: `${program} could not be started.` } };
    }
    child.unref();
    registry.claim(id, { ...identity, state: 'pending', launchedAt: clock.now() });
    return { id, state: 'pending' };
  }

  #stop(id: string): InstanceResult {
    const { registry } = this.#options;
    const record = registry.get(id);
    if (record === undefined) return incorrectState(id, 'is not running');

    // A second SIGTERM would tell it not to finish its photos.
    if (record.state !== 'stopping') {
      signal(record.pid, 'SIGTERM');
      registry.setState(id, record, 'stopping');
    }
    if (!this.#killTimers.has(id)) this.#scheduleKill(id, record);
    return { id, state: 'stopping' };
  }

  #scheduleKill(id: string, process: ProcessIdentity): void {
    const timer = this.#options.clock.setTimeout(() => {
      this.#killTimers.delete(id);
      if (isAlive(process)) signal(process.pid, 'SIGKILL');
    }, STOP_TIMEOUT_MS);
    this.#killTimers.set(id, timer);
  }

  #cancelKill(id: string): void {
    this.#options.clock.clearTimeout(this.#killTimers.get(id));
    this.#killTimers.delete(id);
  }
}

const incorrectState = (id: string, why: string): InstanceResult => ({
  id,
  error: { code: 'IncorrectInstanceState', message: `The instance ${id} ${why}.` },
});

function reasonOf(
  code: number | null,
  signal: NodeJS.Signals | null,
  lastWords: string,
): string | undefined {
  if (lastWords !== '') return lastWords;
  if (signal !== null) return signal === 'SIGTERM' ? undefined : `it was ended by ${signal}`;
  return code === 0 ? undefined : `it ended with code ${code}`;
}

/** The child's identity once it runs, or `undefined` when it could not be started. */
async function spawned(child: ChildProcess): Promise<ProcessIdentity | undefined> {
  try {
    await once(child, 'spawn');
  } catch {
    return undefined;
  }
  return child.pid === undefined ? undefined : identityOf(child.pid);
}

function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // Gone in the meantime is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
