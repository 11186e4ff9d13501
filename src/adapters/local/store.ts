import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate as others } from 'node:timers/promises';

import type { Clock } from '../../bus/clock.ts';
import { keyBytes } from '../../bus/object-key.ts';
import type {
  DeleteOptions,
  ExpiringStore,
  ListOptions,
  ObjectHead,
  ObjectVersion,
  PutOptions,
  StoredObject,
} from '../../bus/store.ts';
import { BodyFiles } from './body-files.ts';
import { Environment } from './environment.ts';
import { requireDiskRoom } from './file-system.ts';
import { GroupCommit } from './group-commit.ts';
import { eraseExpired, expiredVersions } from './store-expiry.ts';
import { headOf, listPage } from './store-listing.ts';
import {
  beginSweep,
  eraseObject,
  eraseSomeObjects,
  eraseVersion,
  findVersion,
  markDeleted,
  putVersion,
  requireVersion,
} from './store-operations.ts';
import {
  type ContentRecord,
  openStoreTables,
  type StoreTables,
  type VersionKey,
} from './store-tables.ts';

/** Bodies up to this many bytes lie in the index: one sync, shared with others, instead of three. */
const MAX_INLINE_BYTES = 64 * 1024;

export interface LocalStoreOptions {
  readonly folder: string;
  readonly name: string;
  readonly clock: Clock;
  /**
   * Whether what is erased must be gone from the bucket's files at once. LMDB keeps the bytes of
   * erased entries until it uses their pages again, so then no body lies in the index.
   */
  readonly erasesBytes?: boolean;
}

/** In a bucket that others write to, each transaction finds its pages in other places of the file. */
const MAP_ANEW = { afterMs: 20_000, afterTransactions: 20 };

const DEFAULT_CONTENT_TYPE = 'application/octet-stream';

/** How many objects one transaction of a purge erases. */
const ERASE_AT_ONCE = 500;

/** A body file that nothing names is left alone for so long, in ms: its object may be on its way. */
const LEFTOVER_AGE_MS = 60 * 60 * 1000;

/**
 * A bucket in a folder that several processes of one machine share: an index in LMDB, and a file for
 * each body that is not small. A write is on the disk when it resolves. Every method with a key may
 * reject with a KeyInvalidError, and every one that writes with a StorageFullError.
 */
export class LocalStore implements ExpiringStore {
  readonly name: string;
  readonly #clock: Clock;
  readonly #folder: string;
  readonly #maxInlineBytes: number;
  readonly #index: Environment<StoreTables>;
  readonly #commits: GroupCommit<StoreTables>;
  readonly #files: BodyFiles;

  constructor({ folder: parent, name, clock, erasesBytes = false }: LocalStoreOptions) {
    const folder = join(parent, name);
    this.name = name;
    this.#folder = folder;
    this.#clock = clock;
    this.#maxInlineBytes = erasesBytes ? 0 : MAX_INLINE_BYTES;
    this.#index = new Environment({
      folder: join(folder, 'index'),
      clock,
      openTables: openStoreTables,
      mapAnew: MAP_ANEW,
    });
    this.#commits = new GroupCommit(this.#index, folder);
    this.#files = new BodyFiles(join(folder, 'bodies'));
  }

  async put(key: string, body: Uint8Array, options: PutOptions = {}): Promise<ObjectVersion> {
    const bytes = keyBytes(key);
    const content = {
      etag: createHash('sha256').update(body).digest('hex'),
      size: body.length,
      contentType: options.contentType ?? DEFAULT_CONTENT_TYPE,
      lastModified: this.#clock.now(),
    };
    if (body.length <= this.#maxInlineBytes) {
      const inline = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
      return this.#putVersion(bytes, content, inline, options);
    }
    requireDiskRoom(this.#folder, body.length);
    const file = await this.#files.write(body);
    try {
      return await this.#putVersion(bytes, { ...content, file }, undefined, options);
    } catch (error) {
      await this.#files.remove([file]);
      throw error;
    }
  }

  async get(key: string, { versionId }: { versionId?: string } = {}): Promise<StoredObject> {
    const bytes = keyBytes(key);
    for (;;) {
      const found = this.#index.read((tables) => {
        const { version, content } = requireVersion(tables, bytes, versionId);
        return { version, content, inline: tables.bodies.get(version) };
      });
      const body = found.inline ?? (await this.#files.read(found.content.file ?? ''));
      if (body !== undefined) return { ...headOf(key, found), body };
      // Erased between the look into the index and the one at the file: look again.
      const again = this.#index.read((tables) => findVersion(tables, bytes, versionId));
      if (again?.version === found.version) {
        throw new Error(
          `The body of "${key}" is missing from the folder of the bucket ${this.name}.`,
        );
      }
    }
  }

  async head(
    key: string,
    { versionId }: { versionId?: string } = {},
  ): Promise<ObjectHead | undefined> {
    const bytes = keyBytes(key);
    const found = this.#index.read((tables) => findVersion(tables, bytes, versionId));
    return found && headOf(key, found);
  }

  /** Reads page by page: what is written meanwhile may or may not be in the list. */
  async *list({ prefix = '', allVersions = false }: ListOptions = {}): AsyncIterable<ObjectHead> {
    const prefixBytes = Buffer.from(prefix);
    let after: Buffer | undefined;
    do {
      const page = this.#index.scan((tables) => listPage(tables, prefixBytes, after, allVersions));
      yield* page.heads;
      after = page.last;
    } while (after !== undefined);
  }

  async delete(key: string, { allVersions, versionId }: DeleteOptions = {}): Promise<void> {
    const bytes = keyBytes(key);
    const now = this.#clock.now();
    await this.#erase((tables) => {
      if (allVersions) return eraseObject(tables, bytes);
      if (versionId !== undefined) return eraseVersion(tables, bytes, versionId);
      markDeleted(tables, bytes, now);
      return [];
    });
  }

  async purge(): Promise<void> {
    while (await this.#erase((tables) => eraseSomeObjects(tables, ERASE_AT_ONCE)));
  }

  /** A page at a time, with everybody else's work in between. */
  async expireVersions(before: number, signal?: AbortSignal): Promise<number> {
    let erased = 0;
    let start: VersionKey | undefined;
    do {
      const page = start;
      const { expired, next } = this.#index.scan((tables) => expiredVersions(tables, before, page));
      if (expired.length > 0) await this.#erase((tables) => eraseExpired(tables, before, page));
      erased += expired.length;
      if (signal?.aborted) break;
      start = next;
      await others();
    } while (start !== undefined);
    return erased;
  }

  /**
   * Removes the body files that writers left behind when they died. That lists the whole folder, so
   * of all processes that open the bucket within an hour one does it.
   */
  async removeLeftovers(): Promise<void> {
    const now = this.#clock.now();
    const isDue = await this.#commits.run((tables) => beginSweep(tables, now, LEFTOVER_AGE_MS));
    if (!isDue) return;
    const isInUse = (file: string): boolean =>
      this.#index.read((tables) => tables.files.doesExist(file));
    await this.#files.removeLeftovers(isInUse, now - LEFTOVER_AGE_MS);
  }

  /** Finishes what was begun and closes the index. */
  async close(): Promise<void> {
    await this.#commits.idle();
    await this.#index.close();
  }

  async #putVersion(
    key: Buffer,
    content: ContentRecord,
    body: Buffer | undefined,
    options: PutOptions,
  ): Promise<ObjectVersion> {
    const version = await this.#commits.run((tables) =>
      putVersion(tables, key, content, body, options),
    );
    return { etag: content.etag, versionId: String(version) };
  }

  /**
   * Runs an erasure, which returns the body files it leaves unused, or nothing if there was nothing
   * to erase. A file goes only when the disk knows that nothing names it.
   */
  async #erase(operation: (tables: StoreTables) => string[] | undefined): Promise<boolean> {
    const files = await this.#commits.run(operation);
    if (files !== undefined) await this.#files.remove(files);
    return files !== undefined;
  }
}

/**
 * Opens the bucket `name` in `folder`; both are made if need be.
 * @throws NetworkFileSystemError
 */
export async function openLocalStore(options: LocalStoreOptions): Promise<LocalStore> {
  const store = new LocalStore(options);
  await store.removeLeftovers();
  return store;
}
