import type { MessageQueue } from '../../bus/queue.ts';
import type { World } from '../../bus/world.ts';
import { systemClock } from '../system-clock.ts';
import { type AwsClients, openClients } from './clients.ts';
import { DeadLetterQueueMissingError } from './errors.ts';
import { AwsQueues } from './queues.ts';
import { AwsStore } from './store.ts';

/** What the queues and buckets of one deployment are called. */
export interface AwsNames {
  readonly requestQueue: string;
  readonly responseQueue: string;
  readonly eventsQueue: string;
  readonly inputBucket: string;
  readonly outputBucket: string;
  readonly galleryBucket: string;
}

/** A deployment in an AWS account and region; others may run on it at the same time. */
export interface AwsWorld extends World {
  readonly kind: 'aws';
  readonly clients: AwsClients;
  readonly queues: AwsQueues;
  readonly replies: MessageQueue;
}

/** Opens one bucket alone: the gallery's. */
export async function openAwsGallery(
  name: string,
): Promise<{ readonly galleryBucket: AwsStore; close(): Promise<void> }> {
  const clients = openClients();
  const galleryBucket = new AwsStore(name, clients.s3);
  await galleryBucket.check();
  return { galleryBucket, close: async () => clients.destroy() };
}

/**
 * Opens the queues and buckets of a deployment, which have been provisioned.
 * @throws ServiceUnavailableError when something is missing, forbidden or out of reach
 */
export async function openAwsWorld(names: AwsNames): Promise<AwsWorld> {
  const clients = openClients();
  const queues = new AwsQueues(clients.sqs, systemClock);
  const inputBucket = new AwsStore(names.inputBucket, clients.s3);
  const outputBucket = new AwsStore(names.outputBucket, clients.s3);
  const galleryBucket = new AwsStore(names.galleryBucket, clients.s3);
  try {
    const [requests, replies, events] = await Promise.all([
      queues.open(names.requestQueue),
      queues.open(names.responseQueue),
      queues.open(names.eventsQueue),
      inputBucket.check(),
      outputBucket.check(),
      galleryBucket.check(),
    ]);
    if (requests.deadLetterQueue === undefined) {
      throw new DeadLetterQueueMissingError(requests.name);
    }
    return {
      kind: 'aws',
      clients,
      requests,
      deadLetters: await queues.open(requests.deadLetterQueue),
      replies,
      events,
      queues,
      inputBucket,
      outputBucket,
      galleryBucket,
      async close() {
        queues.close();
        clients.destroy();
      },
    };
  } catch (error) {
    clients.destroy();
    throw error;
  }
}
