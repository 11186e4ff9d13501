import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { ABORT, open, type RootDatabase } from 'lmdb';

import type { Clock } from '../../bus/clock.ts';
import { FacefleetError } from '../../bus/errors.ts';
import { refuseNetworkFileSystem } from './file-system.ts';

/** The folders hold faces: nobody but the service's own user looks into them. */
export const OWNER_ONLY = 0o700;

/** The most named tables in one environment. */
const MAX_TABLES = 8;

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
  /**
   * After so long and so many transactions the file is mapped anew: until then the system counts each page
   * that was looked at, and those around it, as memory of this process (docs/decisions/0015).
   */
  readonly mapAnew: { readonly afterMs: number; readonly afterTransactions: number };
  /** `outlives-power-failure` by default. */
  readonly durability?: Durability | undefined;
}

/** Thrown when the folder of an environment in use is there no longer. */
export class DataFolderRemovedError extends FacefleetError {
  readonly code = 'data_folder_removed';

  constructor(folder: string) {
    super(`The folder ${folder} was removed while it was in use. Start the service again.`);
  }
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
 * and never shrinks. LMDB itself frees the slots of dead readers whenever the environment is opened.
 */
export class Environment<Tables> {
  readonly #options: EnvironmentOptions<Tables>;
  /**
   * Whoever writes, opens or closes has its write lock, and nothing is ever written to it: a commit of
   * one process must not meet the opening of another (docs/decisions/0015).
   */
  readonly #gate: RootDatabase;
  readonly #gateFolder: string;
  #mapped: Mapped<Tables>;

  /**
   * Opens the environment in `folder`, and makes it, if need be.
   * @throws NetworkFileSystemError
   */
  constructor(options: EnvironmentOptions<Tables>) {
    this.#options = options;
    this.#gateFolder = join(options.folder, 'gate');
    mkdirSync(this.#gateFolder, { recursive: true, mode: OWNER_ONLY });
    refuseNetworkFileSystem(options.folder);
    this.#gate = open({ path: this.#gateFolder, overlappingSync: false });
    this.#mapped = this.#alone(() => this.#map());
  }

  /**
   * Runs `operation` in a write transaction: what it wrote is committed, and synced, when this returns.
   * @throws DataFolderRemovedError
   */
  write<T>(operation: (tables: Tables) => T): T {
    return this.#alone(() => {
      if (this.#isDue()) this.#mapAnew();
      const { root, tables } = this.#use();
      return root.transactionSync(() => operation(tables));
    });
  }

  /**
   * Runs `query` on what is committed now, by whichever process.
   * @throws DataFolderRemovedError
   */
  read<T>(query: (tables: Tables) => T): T {
    if (this.#isDue()) this.#alone(() => this.#mapAnew());
    const { root, tables } = this.#use();
    root.resetReadTxn();
    return query(tables);
  }

  /** As `read`, for a query that looks at much of the file: gives back the memory that it took. */
  scan<T>(query: (tables: Tables) => T): T {
    try {
      return this.read(query);
    } finally {
      this.#alone(() => this.#mapAnew());
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

  #isDue(): boolean {
    const { clock, mapAnew } = this.#options;
    const { at, transactions } = this.#mapped;
    const ms = clock.now() - at;
    // A clock that was set back says nothing of how long it was.
    const isLong = ms < 0 || ms >= mapAnew.afterMs;
    return isLong && transactions >= mapAnew.afterTransactions;
  }

  #use(): Mapped<Tables> {
    this.#mapped.transactions++;
    return this.#mapped;
  }

  /** In one go: lmdb-js does not bear it when somebody else has taken the last file descriptors meanwhile. */
  #mapAnew(): void {
    // LMDB would make it anew, and nobody would see what others write there.
    if (!existsSync(this.#gateFolder)) throw new DataFolderRemovedError(this.#options.folder);
    this.#unmap();
    this.#mapped = this.#map();
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
    const { root } = this.#mapped;
    // Frees what LMDB remembers of free pages, which closing does not.
    root.transactionSync(() => ABORT);
    void root.close();
  }
}
