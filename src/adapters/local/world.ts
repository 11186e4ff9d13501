import { join } from 'node:path';

import type { World } from '../../bus/world.ts';
import { systemClock } from '../system-clock.ts';
import { BOOT_ID, folderOfBoot } from './boot.ts';
import { prepareDataFolder } from './data-folder.ts';
import { requireDiskRoom } from './file-system.ts';
import { openProcessRegistry, type ProcessRegistry } from './process-registry.ts';
import { type LocalQueues, openLocalQueues } from './queues.ts';
import { openLocalStore } from './store.ts';

/** One machine's world: everything lies in the data folder, which several processes share. */
export interface LocalWorld extends World {
  readonly kind: 'local';
  /**
   * Makes visible at once the requests that processes have received that have ended since: nobody works on
   * them any more, and their visibility timeout may be long.
   */
  returnRequestsOfDead(): Promise<void>;
  readonly processes: ProcessRegistry;
}

/** What accepted photos still need: results, and the pages that LMDB writes even for a delete. */
const RESERVED_BYTES = 32 * 2 ** 20;

/** A photo takes a third more in a message, as base64. */
const BASE64 = 4 / 3;

/**
 * @param waitingBytes - of the messages that wait: their photos go to the input bucket too
 * @throws StorageFullError when the disk has no room for a photo more beside them
 */
function checkDiskRoom(folder: string, waitingBytes: number, bytes: number): void {
  requireDiskRoom(folder, waitingBytes / BASE64 + bytes * BASE64, RESERVED_BYTES);
}

/**
 * Queues of what nobody misses after a power failure, when those who wait for it are gone too: nothing
 * there is synced, nor needs to be read after it. Where boots cannot be told apart all is synced.
 */
function openPassingQueues(parent: string): Promise<LocalQueues> {
  const clock = systemClock;
  if (BOOT_ID === undefined) return openLocalQueues({ folder: parent, clock });
  const folder = folderOfBoot(parent, BOOT_ID);
  return openLocalQueues({ folder, clock, durability: 'outlives-processes' });
}

/**
 * Opens the queues and buckets of a data folder, which is made if need be.
 * @throws DataFolderError
 */
export async function openLocalWorld(dataDir: string): Promise<LocalWorld> {
  prepareDataFolder(dataDir);
  const clock = systemClock;
  const [queues, passing] = await Promise.all([
    openLocalQueues({ folder: join(dataDir, 'queues'), clock }),
    openPassingQueues(join(dataDir, 'passing-queues')),
  ]);
  const [inputBucket, outputBucket, galleryBucket] = await Promise.all([
    openLocalStore({ folder: join(dataDir, 'buckets'), name: 'facefleet-in-bucket', clock }),
    openLocalStore({ folder: join(dataDir, 'buckets'), name: 'facefleet-out-bucket', clock }),
    openLocalStore({
      folder: join(dataDir, 'buckets'),
      name: 'facefleet-gallery-bucket',
      clock,
      erasesBytes: true,
    }),
  ]);
  const processes = openProcessRegistry(dataDir);

  const deadLetters = await queues.create('facefleet-dead-letter-queue');
  return {
    kind: 'local',
    requests: await queues.create('facefleet-req-queue', {
      deadLetterQueue: deadLetters.name,
    }),
    deadLetters,
    replies: await passing.create('facefleet-resp-queue'),
    events: await passing.create('facefleet-events-queue'),
    queues: passing,
    inputBucket,
    outputBucket,
    galleryBucket,
    processes,
    returnRequestsOfDead: () => queues.returnClaimsOfDead(),
    checkRoom: (bytes) => checkDiskRoom(dataDir, queues.storedBytes(), bytes),
    async expireVersions(before, signal) {
      let erased = 0;
      for (const bucket of [inputBucket, outputBucket, galleryBucket]) {
        erased += await bucket.expireVersions(before, signal);
      }
      return erased;
    },
    async close() {
      await Promise.all([queues.close(), passing.close()]);
      await Promise.all([inputBucket.close(), outputBucket.close(), galleryBucket.close()]);
      await processes.close();
    },
  };
}
