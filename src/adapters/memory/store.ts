import { createHash } from 'node:crypto';

import type { Clock } from '../../bus/clock.ts';
import { NoSuchKeyError, PreconditionFailedError } from '../../bus/errors.ts';
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

/** What a delete puts on top of an object's versions. */
interface DeleteMarker {
  readonly versionId: string;
  readonly lastModified: number;
}

type Version = StoredObject | DeleteMarker;

/** A bucket in memory, on the clock it is given. */
export class MemoryStore implements ExpiringStore {
  readonly name: string;
  readonly #clock: Clock;
  /** By key, oldest version first; no key is without a version. */
  readonly #objects = new Map<string, readonly Version[]>();
  #lastVersion = 0;

  constructor(name: string, clock: Clock) {
    this.name = name;
    this.#clock = clock;
  }

  async put(key: string, body: Uint8Array, options: PutOptions = {}): Promise<ObjectVersion> {
    keyBytes(key);
    const current = this.#find(key, undefined);
    const hasChanged = options.ifMatch !== undefined && current?.etag !== options.ifMatch;
    if (hasChanged || (options.ifNoneMatch === '*' && current !== undefined)) {
      throw new PreconditionFailedError(key);
    }
    const version: StoredObject = {
      key,
      body: Uint8Array.from(body),
      etag: createHash('sha256').update(body).digest('hex'),
      versionId: this.#nextVersionId(),
      size: body.length,
      contentType: options.contentType ?? 'application/octet-stream',
      lastModified: this.#clock.now(),
    };
    this.#objects.set(key, [...this.#versionsOf(key), version]);
    return { etag: version.etag, versionId: version.versionId };
  }

  async get(key: string, { versionId }: { versionId?: string } = {}): Promise<StoredObject> {
    keyBytes(key);
    const found = this.#find(key, versionId);
    if (found === undefined) throw new NoSuchKeyError(key);
    return { ...found, body: Uint8Array.from(found.body) };
  }

  async head(
    key: string,
    { versionId }: { versionId?: string } = {},
  ): Promise<ObjectHead | undefined> {
    keyBytes(key);
    const found = this.#find(key, versionId);
    return found && headOf(found);
  }

  async *list({ prefix = '', allVersions = false }: ListOptions = {}): AsyncIterable<ObjectHead> {
    const keys = [...this.#objects.keys()].filter((key) => key.startsWith(prefix));
    for (const key of keys.toSorted(byBytes)) {
      const current = this.#find(key, undefined);
      const listed = allVersions ? this.#versionsOf(key).toReversed() : current ? [current] : [];
      yield* listed.filter(isObject).map(headOf);
    }
  }

  async delete(key: string, { allVersions, versionId }: DeleteOptions = {}): Promise<void> {
    keyBytes(key);
    const versions = this.#versionsOf(key);
    if (allVersions) this.#objects.delete(key);
    else if (versionId !== undefined) {
      this.#keep(
        key,
        versions.filter((version) => version.versionId !== versionId),
      );
    } else if (this.#find(key, undefined) !== undefined) {
      const marker = { versionId: this.#nextVersionId(), lastModified: this.#clock.now() };
      this.#keep(key, [...versions, marker]);
    }
  }

  async purge(): Promise<void> {
    this.#objects.clear();
  }

  async expireVersions(before: number): Promise<number> {
    let erased = 0;
    for (const [key, versions] of this.#objects) {
      const kept = versions.filter((version, index) => {
        const successor = versions[index + 1];
        return !isObject(version) || successor === undefined || successor.lastModified >= before;
      });
      erased += versions.length - kept.length;
      this.#keep(key, kept);
    }
    return erased;
  }

  #find(key: string, versionId: string | undefined): StoredObject | undefined {
    const versions = this.#versionsOf(key);
    const found =
      versionId === undefined
        ? versions.at(-1)
        : versions.find((version) => version.versionId === versionId);
    return found && isObject(found) ? found : undefined;
  }

  #versionsOf(key: string): readonly Version[] {
    return this.#objects.get(key) ?? [];
  }

  #keep(key: string, versions: readonly Version[]): void {
    if (versions.length > 0) this.#objects.set(key, versions);
    else this.#objects.delete(key);
  }

  #nextVersionId(): string {
    return String(++this.#lastVersion);
  }
}

const isObject = (version: Version): version is StoredObject => 'body' in version;

const headOf = ({ body: _, ...head }: StoredObject): ObjectHead => head;

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
