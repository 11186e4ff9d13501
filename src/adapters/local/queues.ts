import type { Clock } from '../../bus/clock.ts';
import { QueueDoesNotExistError, QueueNameInvalidError } from '../../bus/errors.ts';
import { DEFAULT_MAX_MESSAGE_BYTES, isQueueName } from '../../bus/queue-limits.ts';
import type { QueueDirectory } from '../../bus/queue.ts';
import type { ClaimHolder } from './claim-holder.ts';
import type { Durability } from './environment.ts';
import { QueueEngine } from './queue-engine.ts';
import { createQueue, removeQueue } from './queue-generations.ts';
import { deadHolders, returnClaims } from './queue-operations.ts';
import type { QueueSettings } from './queue-tables.ts';
import { LocalQueue } from './queue.ts';

/** As many tries as the mission gives a message. */
const DEFAULT_MAX_RECEIVE_COUNT = 5;

export interface CreateQueueOptions {
  /** Name of the queue that messages go to instead of being received too often. */
  readonly deadLetterQueue?: string;
  /** How often a message may be received before that; 5 by default. */
  readonly maxReceiveCount?: number;
  /** 1 MiB by default. */
  readonly maxMessageBytes?: number;
}

/** What lmdb-js tells of a table, and does not type. */
interface TableStats {
  /** Where values lie that a page does not hold. */
  readonly overflowPages: number;
  readonly pageSize: number;
}

/** The queues in a folder, which several processes of one machine share. */
export class LocalQueues implements QueueDirectory {
  readonly #engine: QueueEngine;
  readonly #opened = new Map<string, LocalQueue>();

  constructor(engine: QueueEngine) {
    this.#engine = engine;
  }

  /**
   * Makes the queue, or gives the one there is these settings, and opens it. Resolves when that is
   * on the disk.
   * @throws QueueNameInvalidError
   * @throws QueueDoesNotExistError when the dead-letter queue does not exist
   */
  async create(name: string, options: CreateQueueOptions = {}): Promise<LocalQueue> {
    if (!isQueueName(name)) throw new QueueNameInvalidError(name);
    const settings: QueueSettings = {
      maxReceiveCount: options.maxReceiveCount ?? DEFAULT_MAX_RECEIVE_COUNT,
      maxMessageBytes: options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES,
      ...(options.deadLetterQueue !== undefined && { deadLetterQueue: options.deadLetterQueue }),
    };
    await this.#engine.write((tables) => createQueue(tables, name, settings));
    return this.#queue(name, settings);
  }

  async open(name: string): Promise<LocalQueue> {
    const settings = this.#engine.read((tables) => tables.queues.get(name)?.settings);
    if (settings === undefined) throw new QueueDoesNotExistError(name);
    return this.#queue(name, settings);
  }

  /** Removes the queue with its messages. Receivers that wait on it, and later calls, are told so. */
  async remove(name: string): Promise<void> {
    await this.#engine.write((tables) => removeQueue(tables, name));
    this.#engine.wakeUps.of(name).signal();
    await this.#engine.eraseDropped();
  }

  /**
   * Makes visible at once what processes have received that have ended since: nobody works on it any more,
   * and its visibility timeout may be long. What a living process has in hand is left alone.
   */
  async returnClaimsOfDead(): Promise<void> {
    const dead = this.#engine.read((tables, now) =>
      [...tables.queues.getRange()].map(({ key, value }) => ({
        name: key,
        holders: deadHolders(tables, value, now),
      })),
    );
    for (const { name, holders } of dead) if (holders.size > 0) await this.#return(name, holders);
  }

  /** Bytes that the bodies of all messages take on the disk, small ones aside. */
  storedBytes(): number {
    return this.#engine.read(({ bodies }) => {
      const { overflowPages, pageSize } = bodies.getStats() as TableStats;
      return overflowPages * pageSize;
    });
  }

  /** The names of all queues, sorted. */
  async list(): Promise<string[]> {
    return this.#engine.read((tables) => [...tables.queues.getKeys()]);
  }

  /** Ends every wait and closes the database; what was begun is finished first. */
  async close(): Promise<void> {
    for (const queue of this.#opened.values()) queue.close();
    await this.#engine.close();
  }

  async #return(name: string, holders: ReadonlySet<ClaimHolder>): Promise<void> {
    await this.#engine.write((tables, now) => {
      const record = tables.queues.get(name);
      if (record !== undefined) returnClaims(tables, record, holders, now);
    });
    this.#engine.wakeUps.of(name).signal();
  }

  /** One queue object per name and settings, so that the receives of one process wait in one line. */
  #queue(name: string, settings: QueueSettings): LocalQueue {
    const key = JSON.stringify([name, settings]);
    const queue = this.#opened.get(key) ?? new LocalQueue(name, settings, this.#engine);
    this.#opened.set(key, queue);
    return queue;
  }
}

/**
 * Opens the queues in `folder`, which is made if need be.
 * @throws NetworkFileSystemError
 * @throws StorageFullError
 */
export async function openLocalQueues({
  folder,
  clock,
  durability,
}: {
  readonly folder: string;
  readonly clock: Clock;
  /** `outlives-power-failure` by default. */
  readonly durability?: Durability;
}): Promise<LocalQueues> {
  const engine = new QueueEngine(folder, clock, durability);
  await engine.eraseDropped();
  const queues = new LocalQueues(engine);
  await queues.returnClaimsOfDead();
  return queues;
}
