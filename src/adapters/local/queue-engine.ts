import type { RootDatabase } from 'lmdb';

import type { Clock } from '../../bus/clock.ts';
import { FacefleetError } from '../../bus/errors.ts';
import { type ClaimHolder, ownHolder } from './claim-holder.ts';
import { type Durability, openEnvironment } from './environment.ts';
import { GroupCommit } from './group-commit.ts';
import { eraseDroppedMessages } from './queue-generations.ts';
import { openQueueTables, type QueueTables } from './queue-tables.ts';
import { QueueTime } from './queue-time.ts';
import { WakeUps } from './wake-ups.ts';

/** Thrown when a queue is used after the queues were closed. */
export class QueuesClosedError extends FacefleetError {
  readonly code = 'queues_closed';

  constructor() {
    super('The queues are closed; open them again to use them.');
  }
}

/** What all queues of one folder share in one process: the database, its commits, time, wake-ups. */
export class QueueEngine {
  readonly clock: Clock;
  readonly tables: QueueTables;
  readonly wakeUps: WakeUps;
  /** Who receives here. */
  readonly holder: ClaimHolder = ownHolder();
  readonly #environment: RootDatabase;
  readonly #commits: GroupCommit;
  readonly #time: QueueTime;
  #isClosed = false;

  constructor(folder: string, clock: Clock, durability?: Durability) {
    this.clock = clock;
    this.#environment = openEnvironment(folder, durability);
    this.tables = openQueueTables(this.#environment);
    this.wakeUps = new WakeUps(folder);
    this.#commits = new GroupCommit(this.#environment, folder);
    this.#time = new QueueTime(this.tables.counters, clock);
  }

  /**
   * Runs `operation` in a write transaction; see `GroupCommit.run`.
   * @throws StorageFullError
   * @throws QueuesClosedError
   */
  async write<T>(operation: (now: number) => T): Promise<T> {
    this.#checkOpen();
    return this.#commits.run(() => operation(this.#time.record()));
  }

  /**
   * Runs `operation` as `write` does if `isDue` says so in the transaction; writes nothing otherwise.
   * @throws StorageFullError
   * @throws QueuesClosedError
   */
  async writeIfDue(
    isDue: (now: number) => boolean,
    operation: (now: number) => void,
  ): Promise<void> {
    this.#checkOpen();
    await this.#commits.run(() => {
      if (isDue(this.#time.now())) operation(this.#time.record());
    });
  }

  /**
   * Runs `query` on what is committed now, by whichever process.
   * @throws QueuesClosedError
   */
  read<T>(query: (now: number) => T): T {
    this.#checkOpen();
    this.#environment.resetReadTxn();
    return query(this.#time.now());
  }

  /** Erases, a little in each transaction, what purges and removals left behind. */
  async eraseDropped(): Promise<void> {
    while (await this.write(() => eraseDroppedMessages(this.tables)));
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.wakeUps.close();
    await this.#commits.idle();
    await this.#environment.close();
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new QueuesClosedError();
  }
}
