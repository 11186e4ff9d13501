import { NoSuchKeyError, PreconditionFailedError } from '../bus/errors.ts';
import { decodeRecord, encodeRecord, type RequestRecord } from '../bus/messages.ts';
import { requestKeyOf } from '../bus/object-key.ts';
import type { ObjectStore } from '../bus/store.ts';
import { RequestPurgedError } from './request.ts';

/** Request ids as the web tier makes them; nothing else has a record. */
const REQUEST_ID = /^[\w-]{1,64}$/;

/** Written whenever the queues are purged; no request has this id. */
const PURGE_KEY = requestKeyOf('purge!');

const JSON_TYPE = { contentType: 'application/json' };

/**
 * What the output bucket says of single requests whose clients were not answered, by their ids: that a
 * request is still under way, later its result.
 */
export class RequestRecords {
  readonly #bucket: Pick<ObjectStore, 'get' | 'head' | 'put'>;

  constructor(bucket: Pick<ObjectStore, 'get' | 'head' | 'put'>) {
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

  /** Remembers that no request is under way any more. */
  async keepPurge(): Promise<void> {
    await this.#bucket.put(PURGE_KEY, new Uint8Array());
  }

  /** `undefined` when nothing is known of a request of that id. */
  async find(id: string): Promise<RequestRecord | undefined> {
    if (!REQUEST_ID.test(id)) return undefined;
    try {
      const { body, lastModified } = await this.#bucket.get(requestKeyOf(id));
      const record = decodeRecord(body);
      return isPending(record) && (await this.#wasPurgedSince(lastModified))
        ? { ...record, error: errorOf(new RequestPurgedError()) }
        : record;
    } catch (error) {
      if (error instanceof NoSuchKeyError) return undefined;
      throw error;
    }
  }

  /** S3 tells times in whole seconds, so the same one counts as later. */
  async #wasPurgedSince(time: number): Promise<boolean> {
    const purge = await this.#bucket.head(PURGE_KEY);
    return purge !== undefined && purge.lastModified >= time;
  }
}

const isPending = (record: RequestRecord): boolean => !('faces' in record || 'error' in record);

const errorOf = ({ code, message }: RequestPurgedError): { code: string; message: string } => ({
  code,
  message,
});
