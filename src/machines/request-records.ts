import { NoSuchKeyError, PreconditionFailedError } from '../bus/errors.ts';
import { decodeRecord, encodeRecord, type RequestRecord } from '../bus/messages.ts';
import { requestKeyOf } from '../bus/object-key.ts';
import type { ObjectStore } from '../bus/store.ts';

/** Request ids as the web tier makes them; nothing else has a record. */
const REQUEST_ID = /^[\w-]{1,64}$/;

/**
 * What the output bucket says of single requests, for clients that were sent away without an answer.
 * Workers keep each result there; the web tier keeps which requests are still under way.
 */
export class RequestRecords {
  readonly #bucket: Pick<ObjectStore, 'get' | 'put'>;

  constructor(bucket: Pick<ObjectStore, 'get' | 'put'>) {
    this.#bucket = bucket;
  }

  /** Remembers that a request is under way, unless its result is there already. */
  async keepPending(id: string, fileName: string): Promise<void> {
    try {
      await this.#bucket.put(requestKeyOf(id), encodeRecord({ id, fileName }), {
        contentType: 'application/json',
        ifNoneMatch: '*',
      });
    } catch (error) {
      if (!(error instanceof PreconditionFailedError)) throw error;
    }
  }

  /** `undefined` when nothing is known of a request of that id. */
  async find(id: string): Promise<RequestRecord | undefined> {
    if (!REQUEST_ID.test(id)) return undefined;
    try {
      const { body } = await this.#bucket.get(requestKeyOf(id));
      return decodeRecord(body);
    } catch (error) {
      if (error instanceof NoSuchKeyError) return undefined;
      throw error;
    }
  }
}
