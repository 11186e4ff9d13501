import { NoSuchKeyError, PreconditionFailedError } from '../bus/errors.ts';
import { decodeRecord, encodeRecord, type RequestRecord } from '../bus/messages.ts';
import { requestKeyOf } from '../bus/object-key.ts';
import type { ObjectStore } from '../bus/store.ts';

/** Request ids as the web tier makes them; nothing else has a record. */
const REQUEST_ID = /^[\w-]{1,64}$/;

const JSON_TYPE = { contentType: 'application/json' };

/**
 * What the output bucket says of single requests, by their ids: the result, or, when a client was sent
 * away without it, that the request is still under way.
 */
export class RequestRecords {
  readonly #bucket: Pick<ObjectStore, 'get' | 'put'>;

  constructor(bucket: Pick<ObjectStore, 'get' | 'put'>) {
    this.#bucket = bucket;
  }

  async keep(record: RequestRecord): Promise<void> {
    await this.#bucket.put(requestKeyOf(record.id), encodeRecord(record), JSON_TYPE);
  }

  /** Remembers that a request is under way, unless its result is there already. */
  async keepPending(id: string, fileName: string): Promise<void> {
    const record = encodeRecord({ id, fileName });
    try {
      await this.#bucket.put(requestKeyOf(id), record, { ...JSON_TYPE, ifNoneMatch: '*' });
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
