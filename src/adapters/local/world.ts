import { join } from 'node:path';

import type { World } from '../../bus/world.ts';
import { systemClock } from '../system-clock.ts';
import { prepareDataFolder } from './data-folder.ts';
import { openProcessRegistry, type ProcessRegistry } from './process-registry.ts';
import { openLocalQueues } from './queues.ts';
import { openLocalStore } from './store.ts';

/** One machine's world: everything lies in the data folder, which several processes share. */
export interface LocalWorld extends World {
  readonly processes: ProcessRegistry;
}

/**
 * Opens the queues and buckets of a data folder, which is made if need be.
 * @throws DataFolderError
 */
export async function openLocalWorld(dataDir: string): Promise<LocalWorld> {
  prepareDataFolder(dataDir);
  const clock = systemClock;
  const queues = await openLocalQueues({ folder: join(dataDir, 'queues'), clock });
  const [inputBucket, outputBucket, galleryBucket] = await Promise.all([
    openLocalStore({ folder: join(dataDir, 'buckets'), name: 'facefleet-in-bucket', clock }),
    openLocalStore({ folder: join(dataDir, 'buckets'), name: 'facefleet-out-bucket', clock }),
    openLocalStore({ folder: join(dataDir, 'buckets'), name: 'facefleet-gallery-bucket', clock }),
  ]);
  const processes = openProcessRegistry(dataDir);

  await queues.create('facefleet-dead-letter-queue', { durability: 'synced' });
  return {
    requests: await queues.create('facefleet-req-queue', {
      durability: 'synced',
      deadLetterQueue: 'facefleet-dead-letter-queue',
    }),
    replies: await queues.create('facefleet-resp-queue', { durability: 'committed' }),
    events: await queues.create('facefleet-events-queue', { durability: 'committed' }),
    queues,
    inputBucket,
    outputBucket,
    galleryBucket,
    processes,
    async close() {
      await queues.close();
      await Promise.all([inputBucket.close(), outputBucket.close(), galleryBucket.close()]);
      await processes.close();
    },
  };
}
