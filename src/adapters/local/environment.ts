import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { open, type RootDatabase } from 'lmdb';

import type { Clock } from '../../bus/clock.ts';
import { refuseNetworkFileSystem } from './file-system.ts';

/** The folders hold faces: nobody but the service's own user looks into them. */
export const OWNER_ONLY = 0o700;

/** The most named tables in one environment. */
const MAX_TABLES = 8;

/**
 * After so long and so many transactions the file is mapped anew: until then the system counts each page
 * that was looked at, and those around it, as memory of this process (docs/decisions/0015). A photo that
 * comes by itself seldom waits for that.
 */
const MAP_ANEW = { afterMs: 20_000, afterTransactions: 20 };

/**
 * What is committed outlives a power failure if every commit is synced to the disk, and else the end of
 * any process, however it ends. Without syncs the environment may be torn when the machine goes down,
 * and must not be opened again.
 */
export type Durability = 'outlives-power-failure' | 'outlives-processes';

export interface EnvironmentOptions<Tables> {
  readonly folder: string;
  readonly clock: Clock;
  readonly openTables: (root: RootDatabase) => Tables;
  /** `outlives-power-failure` by default. */
  readonly durability?: Durability | undefined;
}

interface Mapped<Tables> {
  readonly root: RootDatabase;
  readonly tables: Tables;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  transactions: number;
}

/**
 * An LMDB environment, which several processes of one machine may have open. Its file grows as needed
 * and never shrinks. LMDB itself frees the slots of dead readers: when the environment is opened, and
 * every ten minutes while it is written to.
 */
export class Environment<Tables> {
  readonly #options: EnvironmentOptions<Tables>;
  /**
   * Whoever writes, opens or closes has its write lock, and nothing is ever written to it: a commit of
   * one process must not meet the opening of another (docs/decisions/0015).
   */
  readonly #gate: RootDatabase;
  #mapped: Mapped<Tables> | undefined;

  /**
   * Opens the environment in `folder`, and makes it, if need be.
   * @throws NetworkFileSystemError
   */
  constructor(options: EnvironmentOptions<Tables>) {
    const gate = join(options.folder, 'gate');
    mkdirSync(gate, { recursive: true, mode: OWNER_ONLY });
    refuseNetworkFileSystem(options.folder);
    this.#options = options;
    this.#gate = open({ path: gate, overlappingSync: false });
    this.#mapped = this.#alone(() => this.#map());
  }

  /** Runs `operation` in a write transaction: what it wrote is committed, and synced, when this returns. */
  write<T>(operation: (tables: Tables) => T): T {
    return this.#alone(() => {
      const { root, tables } = this.#use();
      return root.transactionSync(() => operation(tables));
    });
  }

  /** Runs `query` on what is committed now, by whichever process. */
  read<T>(query: (tables: Tables) => T): T {
    const { root, tables } = this.#isDue() ? this.#alone(() => this.#use()) : this.#use();
    root.resetReadTxn();
    return query(tables);
  }

  /** As `read`, for a query that looks at much of the file: gives back the memory that it took. */
  scan<T>(query: (tables: Tables) => T): T {
    try {
      return this.read(query);
    } finally {
      this.#alone(() => this.#unmap());
    }
  }

  async close(): Promise<void> {
    this.#alone(() => this.#unmap());
    await this.#gate.close();
  }

  /** Runs `action` while no other process commits to, opens or closes this environment. */
  #alone<T>(action: () => T): T {
    return this.#gate.transactionSync(action);
  }

  /** Whether the next transaction maps the file, for which it has to be alone. */
  #isDue(): boolean {
    if (this.#mapped === undefined) return true;
    const { at, transactions } = this.#mapped;
    const ms = this.#options.clock.now() - at;
    // A clock that was set back says nothing of how long it was.
    const isLong = ms < 0 || ms >= MAP_ANEW.afterMs;
    return isLong && transactions >= MAP_ANEW.afterTransactions;
  }

  #use(): Mapped<Tables> {
    if (this.#isDue()) this.#unmap();
    // What cannot be mapped, for want of file descriptors, is tried again by the next transaction.
    this.#mapped ??= this.#map();
    this.#mapped.transactions++;
    return this.#mapped;
  }

  #map(): Mapped<Tables> {
    const { folder, clock, openTables, durability } = this.#options;
    const root = open({
      path: folder,
      maxDbs: MAX_TABLES,
      // A commit is on the disk before another one may begin (docs/decisions/0013). With overlapping syncs
      // a process that is killed while it syncs takes the writers of all other processes with it.
      overlappingSync: false,
      noSync: durability === 'outlives-processes',
    });
    return { root, tables: openTables(root), at: clock.now(), transactions: 0 };
  }

  /** Transactions are synchronous here: none is under way, so that it is closed when this returns. */
  #unmap(): void {
    void this.#mapped?.root.close();
    this.#mapped = undefined;
  }
}
