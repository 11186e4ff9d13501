import type { Database, RootDatabase } from 'lmdb';

export interface ObjectRecord {
  /** Never given again, not even to an object under the same key after an erasure. */
  readonly id: number;
  /** Number of the current version; absent when the object is deleted. */
  readonly current?: number;
}

export interface ContentRecord {
  readonly etag: string;
  readonly size: number;
  readonly contentType: string;
  readonly lastModified: number;
  /** Name of the file with the body; absent when the body lies in the `bodies` table. */
  readonly file?: string;
}

/** What stands in a version's place when the object was deleted. */
export interface DeleteMarker {
  readonly deletedAt: number;
}

/** Object id, version number: a counter of the whole bucket, so that later means larger. */
export type VersionKey = [objectId: number, version: number];

/** The index of a bucket. See docs/decisions/0011. */
export interface StoreTables {
  /** By the key's UTF-8 bytes, which is the order of listing. */
  readonly objects: Database<ObjectRecord, Buffer>;
  readonly versions: Database<ContentRecord | DeleteMarker, VersionKey>;
  /** Small bodies, by version number. */
  readonly bodies: Database<Buffer, number>;
  /** The body files in use. A file that is not named here was left by a crash. */
  readonly files: Database<true, string>;
  readonly counters: Database<number, string>;
}

export function openStoreTables(environment: RootDatabase): StoreTables {
  return {
    objects: environment.openDB('objects', { keyEncoding: 'binary' }),
    versions: environment.openDB('versions', {}),
    bodies: environment.openDB('bodies', { encoding: 'binary' }),
    files: environment.openDB('files', {}),
    counters: environment.openDB('counters', {}),
  };
}
