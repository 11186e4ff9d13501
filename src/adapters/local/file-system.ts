import { existsSync, mkdirSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';

import { FacefleetError, StorageFullError } from '../../bus/errors.ts';

/** Thrown when a data folder lies where several machines could write it. */
export class NetworkFileSystemError extends FacefleetError {
  readonly code = 'network_file_system';
  readonly folder: string;

  constructor(folder: string, kind: string) {
    super(
      `The folder ${folder} lies on a network file system (${kind}), where the locks and the shared ` +
        'memory of its database cannot be relied on. Choose a folder on a local disk.',
    );
    this.folder = folder;
  }
}

/** Linux's numbers for file systems shared over a network: `f_type` in statfs(2). */
const NETWORK_FILE_SYSTEMS = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x5346414f, 'AFS'],
  [0x01021997, '9P'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x73757245, 'Coda'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
]);

/**
 * Memory maps and locks are only kept between processes of one machine. Other systems than Linux do
 * not tell by number; there nothing is refused.
 * @throws NetworkFileSystemError
 */
export function refuseNetworkFileSystem(folder: string): void {
  if (process.platform !== 'linux') return;
  const kind = NETWORK_FILE_SYSTEMS.get(statfsSync(folder).type >>> 0);
  if (kind !== undefined) throw new NetworkFileSystemError(folder, kind);
}

/**
 * Makes a folder, and those above it, if they are not there. Node's own `recursive` does not return
 * where the system says ENOENT of a parent that is there, as under /proc.
 */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have made it in the meantime.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/**
 * Below this nothing is written: two processes that LMDB tells of a full disk may damage their memory.
 */
const LEAST_FREE_BYTES = 1024 * 1024;

/**
 * @param reserved - what must be free afterwards, in bytes
 * @throws StorageFullError when the disk that holds `folder` has no room for so many bytes more
 */
export function requireDiskRoom(folder: string, bytes: number, reserved = LEAST_FREE_BYTES): void {
  if (freeDiskBytes(folder) < reserved + bytes) throw new StorageFullError(folder);
}

/** Bytes that this user may still write to the disk that holds `folder`. */
export function freeDiskBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
