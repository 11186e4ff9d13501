import { StorageFullError } from '../../bus/errors.ts';
import type { Environment } from './environment.ts';
import { freeDiskBytes, requireDiskRoom } from './file-system.ts';

/** Bounds the memory that a transaction's changed pages take, and how long the event loop waits. */
const MAX_BATCH = 256;

/** Below this a failed write means a full disk: a write cut short reports nothing better than EIO. */
const FULL_DISK_BYTES = 4 * 1024 * 1024;

interface Job<Tables> {
  /** Runs the operation inside the transaction and returns what to do after the commit. */
  readonly run: (tables: Tables) => () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs operations of many callers in few transactions: what is asked for in one turn of the event loop
 * is committed together. The write lock, which all processes share, is held for the operations, the
 * commit and the sync (docs/decisions/0013).
 */
export class GroupCommit<Tables> {
  readonly #environment: Environment<Tables>;
  readonly #folder: string;
  #jobs: Job<Tables>[] = [];
  #running: Promise<void> | undefined;

  constructor(environment: Environment<Tables>, folder: string) {
    this.#environment = environment;
    this.#folder = folder;
  }

  /**
   * Runs `operation`, which is synchronous, in a write transaction; resolves with what it returned when
   * that is on the disk. It must throw before it writes or not at all: its neighbours' writes are
   * committed either way.
   * @throws StorageFullError
   */
  run<T>(operation: (tables: Tables) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const run: Job<Tables>['run'] = (tables) => {
        try {
          const value = operation(tables);
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
    do {
      await endOfTurn();
      this.#commit(this.#jobs.splice(0, MAX_BATCH));
    } while (this.#jobs.length > 0);
    this.#running = undefined;
  }

  #commit(batch: readonly Job<Tables>[]): void {
    try {
      requireDiskRoom(this.#folder, 0);
      const settle = this.#environment.write((tables) => batch.map(({ run }) => run(tables)));
      for (const done of settle) done();
    } catch (error) {
      const reason = this.#reasonOf(error);
      for (const { reject } of batch) reject(reason);
    }
  }

  #reasonOf(error: unknown): unknown {
    if (error instanceof StorageFullError) return error;
    try {
      if (freeDiskBytes(this.#folder) >= FULL_DISK_BYTES) return error;
    } catch {
      // A folder that is gone, or a disk that fails, says nothing of its free space.
      return error;
    }
    return new StorageFullError(this.#folder, { cause: error });
  }
}

/** Every caller of this turn of the event loop has asked by then. */
const endOfTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
