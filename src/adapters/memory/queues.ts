import type { Clock } from '../../bus/clock.ts';
import { QueueDoesNotExistError, QueueNameInvalidError } from '../../bus/errors.ts';
import { DEFAULT_MAX_MESSAGE_BYTES, isQueueName } from '../../bus/queue-limits.ts';
import type { QueueDirectory } from '../../bus/queue.ts';
import { MemoryQueue } from './queue.ts';

const DEFAULT_MAX_RECEIVE_COUNT = 5;

export interface CreateMemoryQueueOptions {
  /** Name of the queue that messages go to instead of being received too often. */
  readonly deadLetterQueue?: string;
  /** How often a message may be received before that; 5 by default. */
  readonly maxReceiveCount?: number;
  /** 1 MiB by default. */
  readonly maxMessageBytes?: number;
}

/** Queues in memory, for tests and simulations. */
export class MemoryQueues implements QueueDirectory {
  readonly #clock: Clock;
  readonly #queues = new Map<string, MemoryQueue>();
  #lastId = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Makes the queue, or opens the one there is as it is.
   * @throws QueueNameInvalidError
   * @throws QueueDoesNotExistError when the dead-letter queue does not exist
   */
  async create(name: string, options: CreateMemoryQueueOptions = {}): Promise<MemoryQueue> {
    if (!isQueueName(name)) throw new QueueNameInvalidError(name);
    const existing = this.#queues.get(name);
    if (existing) return existing;
    const settings = {
      maxReceiveCount: options.maxReceiveCount ?? DEFAULT_MAX_RECEIVE_COUNT,
      maxMessageBytes: options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES,
      ...(options.deadLetterQueue !== undefined && {
        deadLetterQueue: await this.open(options.deadLetterQueue),
      }),
    };
    const queue = new MemoryQueue(name, settings, this.#clock, () => `message-${++this.#lastId}`);
    this.#queues.set(name, queue);
    return queue;
  }

  async open(name: string): Promise<MemoryQueue> {
    const queue = this.#queues.get(name);
    if (queue === undefined) throw new QueueDoesNotExistError(name);
    return queue;
  }

  async remove(name: string): Promise<void> {
    this.#queues.get(name)?.remove();
    this.#queues.delete(name);
  }

  /** The names of all queues, sorted. */
  async list(): Promise<string[]> {
    return [...this.#queues.keys()].toSorted();
  }
}
