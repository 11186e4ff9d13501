import type { Clock } from '../../bus/clock.ts';
import { FacefleetError } from '../../bus/errors.ts';
import { type ClaimHolder, ownHolder } from './claim-holder.ts';
import { type Durability, Environment } from './environment.ts';
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

/** A queue finds its few pages in the same places, but for the many of a backlog that was worked off. */
const MAP_ANEW = { afterMs: 300_000, afterTransactions: 1000 };

/** What all queues of one folder share in one process: the database, its commits, time, wake-ups. */
export class QueueEngine {
  readonly clock: Clock;
  readonly wakeUps: WakeUps;
  /** Who receives here. */
  readonly holder: ClaimHolder = ownHolder();
  readonly #environment: Environment<QueueTables>;
  readonly #commits: GroupCommit<QueueTables>;
  readonly #time: QueueTime;
  #isClosed = false;

  constructor(folder: string, clock: Clock, durability?: Durability) {
    this.clock = clock;
    this.#environment = new Environment({
      folder,
      clock,
      openTables: openQueueTables,
      mapAnew: MAP_ANEW,
      durability,
    });
    this.wakeUps = new WakeUps(folder);
    this.#commits = new GroupCommit(this.#environment, folder);
    this.#time = new QueueTime(clock);
  }

  /**
   * Runs `operation` in a write transaction; see `GroupCommit.run`.
   * @throws StorageFullError
   * @throws QueuesClosedError
   */
  async write<T>(operation: (tables: QueueTables, now: number) => T): Promise<T> {
    this.#checkOpen();
    return this.#commits.run((tables) => operation(tables, this.#time.record(tables.counters)));
  }

  /**
   * Runs `operation` as `write` does if `isDue` says so in the transaction; writes nothing otherwise.
   * @throws StorageFullError
   * @throws QueuesClosedError
   */
  async writeIfDue(
    isDue: (tables: QueueTables, now: number) => boolean,
    operation: (tables: QueueTables, now: number) => void,
  ): Promise<void> {
    this.#checkOpen();
    await this.#commits.run((tables) => {
      if (!isDue(tables, this.#time.now(tables.counters))) return;
      operation(tables, this.#time.record(tables.counters));
    });
  }

  /**
   * Runs `query` on what is committed now, by whichever process.
   * @throws QueuesClosedError
   */
  read<T>(query: (tables: QueueTables, now: number) => T): T {
    this.#checkOpen();
    return this.#environment.read((tables) => query(tables, this.#time.now(tables.counters)));
  }

  /** Erases, a little in each transaction, what purges and removals left behind. */
  async eraseDropped(): Promise<void> {
    while (await this.write(eraseDroppedMessages));
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
