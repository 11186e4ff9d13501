import type { RootDatabase } from 'lmdb';

import { StorageFullError } from '../../bus/errors.ts';
import { freeDiskBytes } from './file-system.ts';

/** Bounds the memory that a transaction's changed pages take, and how long the event loop waits. */
const MAX_BATCH = 256;

/** Below this a failed write means a full disk: a write cut short reports nothing better than EIO. */
const FULL_DISK_BYTES = 4 * 1024 * 1024;

interface Job {
  /** Runs the operation inside the transaction and returns what to do after the commit. */
  readonly run: () => () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs operations of many callers in few transactions: what is asked for while one commits makes up
 * the next. The write lock is waited for, and the commit and the sync are done, off the event loop.
 */
export class GroupCommit {
  readonly #environment: RootDatabase;
  readonly #folder: string;
  #jobs: Job[] = [];
  #running: Promise<void> | undefined;

  constructor(environment: RootDatabase, folder: string) {
    this.#environment = environment;
    this.#folder = folder;
  }

  /**
   * Runs `operation`, which is synchronous, in a write transaction; resolves with what it returned when
   * that is on the disk. It must throw before it writes or not at all: its neighbours' writes are
   * committed either way.
   * @throws StorageFullError
   */
  run<T>(operation: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const run: Job['run'] = () => {
        try {
          const value = operation();
          return () => resolve(value);
        } catch (error) {
          return () => reject(error);
        }
      };
      this.#jobs.push({ run, reject });
      this.#running ??= this.#runAll();
    });
  }

  /** Resolves when everything asked for is committed, or has failed. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #runAll(): Promise<void> {
    while (this.#jobs.length > 0) {
      const batch = this.#jobs.splice(0, MAX_BATCH);
      try {
        const outcomes = await this.#environment.transaction(() => batch.map(({ run }) => run()));
        for (const settle of outcomes) settle();
      } catch (error) {
        const reason = await this.#reasonOf(error);
        for (const { reject } of batch) reject(reason);
      }
    }
    this.#running = undefined;
  }

  /** lmdb-js rejects with an error that carries a promise of the real one. */
  async #reasonOf(error: unknown): Promise<unknown> {
    const reason = await commitErrorOf(error);
    return freeDiskBytes(this.#folder) < FULL_DISK_BYTES
      ? new StorageFullError(this.#folder, { cause: reason })
      : reason;
  }
}

async function commitErrorOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error && 'commitError' in error)) return error;
  try {
    await error.commitError;
    return error;
  } catch (cause) {
    return cause;
  }
}
