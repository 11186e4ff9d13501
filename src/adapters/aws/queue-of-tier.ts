import { type Clock, sleep } from '../../bus/clock.ts';
import { QueueDoesNotExistError } from '../../bus/errors.ts';
import type { MessageQueue } from '../../bus/queue.ts';
import { FLEET_TAG } from './fleet.ts';
import type { AwsQueues } from './queues.ts';

export interface TierQueueOptions {
  readonly queues: AwsQueues;
  readonly clock: Clock;
  /** Name of the fleet, whose tag the queue gets. */
  readonly fleet: string;
  /** Name of the response queue that the tiers' own ones are named after. */
  readonly responseQueue: string;
  /** Tells this web tier from all others, ever. */
  readonly bootId: string;
  /** What went wrong with the upkeep, which goes on. */
  readonly onFailure: (error: unknown) => void;
}

/** The response queue of one web tier among several. */
export interface TierQueue {
  readonly queue: MessageQueue;
  /** Removes the queue. */
  close(): Promise<void>;
}

/** When the tier of a queue last said that it lives, as an ISO date. */
const SEEN_TAG = 'facefleet:seen';

const UPKEEP_EVERY_MS = 10 * 60_000;
const DEAD_AFTER_MS = 60 * 60_000;

/**
 * Makes a response queue that only this web tier reads. While the tier runs it marks the queue as in
 * use, and removes those of tiers that have not done so for an hour.
 */
export async function openTierQueue(options: TierQueueOptions): Promise<TierQueue> {
  const { queues, clock, fleet, responseQueue, bootId, onFailure } = options;
  const name = `${responseQueue}-${bootId}`;
  const tags = { [FLEET_TAG]: fleet, ...seenAt(clock.now()) };
  const queue = await queues.create(name, { tags });
  const closed = new AbortController();

  const keep = async (): Promise<void> => {
    while (!closed.signal.aborted) {
      await removeDead(queues, responseQueue, clock.now()).catch(onFailure);
      await sleep(clock, UPKEEP_EVERY_MS, closed.signal);
      if (!closed.signal.aborted) await queues.tag(name, seenAt(clock.now())).catch(onFailure);
    }
  };
  void keep();

  return {
    queue,
    async close() {
      closed.abort();
      await queues.remove(name);
    },
  };
}

async function removeDead(queues: AwsQueues, responseQueue: string, now: number): Promise<void> {
  for (const name of await queues.list(`${responseQueue}-`)) {
    const seen = Date.parse((await tagsOf(queues, name))[SEEN_TAG] ?? '');
    // A queue without a mark is none of ours, however it is named.
    if (now - seen > DEAD_AFTER_MS) await queues.remove(name);
  }
}

/** Another tier may have removed the queue since it was listed. */
async function tagsOf(queues: AwsQueues, name: string) {
  try {
    return await queues.tagsOf(name);
  } catch (error) {
    if (error instanceof QueueDoesNotExistError) return {};
    throw error;
  }
}

const seenAt = (now: number) => ({ [SEEN_TAG]: new Date(now).toISOString() });
