import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { freeDiskBytes, refuseNetworkFileSystem } from '../adapters/local/file-system.ts';
import { type Check, failed, ok, warning } from './check.ts';

const GB = 1e9;

/** Below this a burst of large photos can fill the disk. */
const COMFORTABLE_BYTES = 2 * GB;

/** Below this there is no room for one full request and its copies. */
const LEAST_BYTES = 0.25 * GB;

/** Whether the data folder, or the one that it will be made in, can be written. Makes nothing. */
export function dataFolderCheck(dataDir: string): Check {
  return {
    name: 'data folder',
    async look() {
      const folder = nearestFolder(dataDir);
      const probe = join(folder, `.facefleet-doctor-${randomUUID()}`);
      try {
        await writeFile(probe, 'x', { flag: 'wx' });
        await rm(probe);
      } catch (error) {
        return failed(
          `${folder} cannot be written: ${(error as Error).message}.`,
          'Give this user the right to write it, or choose another folder with --data-dir.',
        );
      }
      refuseNetworkFileSystem(folder);
      return ok(
        folder === dataDir
          ? `${dataDir} can be written, and lies on a local disk.`
          : `${dataDir} is not there yet; it can be made, on a local disk.`,
      );
    },
  };
}

/** Whether the disk has room. */
export function diskCheck(dataDir: string, freeBytes = freeDiskBytes): Check {
  return {
    name: 'disk',
    look() {
      const free = freeBytes(nearestFolder(dataDir));
      const message = `${(free / GB).toFixed(1)} GB are free for ${dataDir}.`;
      // LMDB's files keep the room that small photos had, for new ones.
      const mend =
        'Free some space, or choose another --data-dir. facefleet purge buckets removes the files of larger photos.';
      if (free < LEAST_BYTES) return failed(message, mend);
      return free < COMFORTABLE_BYTES ? warning(message, mend) : ok(message);
    },
  };
}

/** The folder itself, or the nearest one above it that is there. */
function nearestFolder(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearestFolder(dirname(folder));
}
