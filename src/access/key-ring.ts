import { z } from 'zod';

import type { Clock } from '../bus/clock.ts';
import { FacefleetError, NoSuchKeyError, PreconditionFailedError } from '../bus/errors.ts';
import type { ObjectStore } from '../bus/store.ts';
import { newKey, type StoredKey, storedKey } from './api-key.ts';

/** Thrown when no good key has that id or name. */
export class KeyUnknownError extends FacefleetError {
  readonly code = 'key_unknown';

  constructor(which: string) {
    super(`There is no key "${which}" to revoke. See which there are with facefleet keys list.`);
  }
}

/** Thrown when a good key has the name already. */
export class KeyNameTakenError extends FacefleetError {
  readonly code = 'key_name_taken';

  constructor(name: string) {
    super(`There is a key "${name}" already. Revoke it first, or take another name.`);
  }
}

const OBJECT = 'api-keys';

const ring = z.object({ v: z.literal(1), keys: z.array(storedKey) });

/** A revoked key is refused within so many milliseconds, a new one taken as soon. */
const BELIEVED_MS = 2000;

/** The API keys of a deployment, hashed, in the gallery's bucket. Revoked ones stay in the list. */
export class KeyRing {
  readonly #bucket: Pick<ObjectStore, 'get' | 'put'>;
  readonly #clock: Pick<Clock, 'now'>;
  #known: { readonly keys: Promise<readonly StoredKey[]>; readonly at: number } | undefined;

  constructor(bucket: Pick<ObjectStore, 'get' | 'put'>, clock: Pick<Clock, 'now'>) {
    this.#bucket = bucket;
    this.#clock = clock;
  }

  /** All keys, as they were two seconds ago at most. */
  async keys(): Promise<readonly StoredKey[]> {
    const now = this.#clock.now();
    if (this.#known === undefined || Math.abs(now - this.#known.at) >= BELIEVED_MS) {
      this.#known = { keys: this.#load().then(({ keys }) => keys), at: now };
    }
    try {
      return await this.#known.keys;
    } catch (error) {
      // What cannot be read now may be there for the next who asks.
      this.#known = undefined;
      throw error;
    }
  }

  /** Makes a key, which can be told only now. @throws KeyNameTakenError */
  async add(
    wanted: Pick<StoredKey, 'name' | 'roles'>,
  ): Promise<{ key: string; stored: StoredKey }> {
    const made = newKey(wanted, this.#clock.now());
    await this.#change((keys) => {
      if (keys.some(({ name, revokedAt }) => name === wanted.name && revokedAt === undefined)) {
        throw new KeyNameTakenError(wanted.name);
      }
      return [...keys, made.stored];
    });
    return made;
  }

  /** Refuses a key from now on. @param which - its id or name @throws KeyUnknownError */
  async revoke(which: string): Promise<void> {
    const revokedAt = this.#clock.now();
    await this.#change((keys) => {
      const isMeant = ({ id, name, revokedAt }: StoredKey): boolean =>
        revokedAt === undefined && (id === which || name === which);
      if (!keys.some(isMeant)) throw new KeyUnknownError(which);
      return keys.map((key) => (isMeant(key) ? Object.assign({}, key, { revokedAt }) : key));
    });
  }

  async #change(change: (keys: readonly StoredKey[]) => StoredKey[]): Promise<void> {
    for (;;) {
      const { keys, etag } = await this.#load();
      const changed = Buffer.from(JSON.stringify({ v: 1, keys: change(keys) }));
      try {
        await this.#bucket.put(OBJECT, changed, {
          contentType: 'application/json',
          ...(etag === undefined ? { ifNoneMatch: '*' } : { ifMatch: etag }),
        });
        this.#known = undefined;
        return;
      } catch (error) {
        if (!(error instanceof PreconditionFailedError)) throw error;
      }
    }
  }

  async #load(): Promise<{ readonly keys: readonly StoredKey[]; readonly etag?: string }> {
    try {
      const { body, etag } = await this.#bucket.get(OBJECT);
      return { keys: ring.parse(JSON.parse(Buffer.from(body).toString())).keys, etag };
    } catch (error) {
      if (error instanceof NoSuchKeyError) return { keys: [] };
      throw error;
    }
  }
}
