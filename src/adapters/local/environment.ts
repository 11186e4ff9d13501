import { mkdirSync } from 'node:fs';

import { open, type RootDatabase } from 'lmdb';

import { refuseNetworkFileSystem } from './file-system.ts';

/** The folders hold faces: nobody but the service's own user looks into them. */
export const OWNER_ONLY = 0o700;

/** The most named tables in one environment. */
const MAX_TABLES = 8;

/**
 * What is committed outlives a power failure if every commit is synced to the disk, and else the end of
 * any process, however it ends. Without syncs the environment may be torn when the machine goes down,
 * and must not be opened again.
 */
export type Durability = 'outlives-power-failure' | 'outlives-processes';

/**
 * Opens (and makes, if need be) the LMDB environment in `folder`, which several processes of one
 * machine may have open. Its file grows as needed and never shrinks. LMDB itself frees the slots of
 * dead readers: when the environment is opened, and every ten minutes while it is written to.
 * @throws NetworkFileSystemError
 */
export function openEnvironment(
  folder: string,
  durability: Durability = 'outlives-power-failure',
): RootDatabase {
  mkdirSync(folder, { recursive: true, mode: OWNER_ONLY });
  refuseNetworkFileSystem(folder);
  return open({
    path: folder,
    maxDbs: MAX_TABLES,
    // A commit is on the disk before another one may begin (docs/decisions/0013). With overlapping syncs
    // a process that is killed while it syncs takes the writers of all other processes with it.
    overlappingSync: false,
    noSync: durability === 'outlives-processes',
  });
}
