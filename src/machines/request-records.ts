import type { Clock } from '../bus/clock.ts';
import { NoSuchKeyError, PreconditionFailedError } from '../bus/errors.ts';
import { decodeRecord, encodeRecord, type RequestRecord } from '../bus/messages.ts';
import { requestKeyOf } from '../bus/object-key.ts';
import type { ObjectStore } from '../bus/store.ts';
import { isPending } from './recent-requests.ts';
import { RequestGivenUpError, RequestPurgedError } from './request.ts';
import { MAX_HIDDEN_SECONDS } from './worker-setup.ts';

/** Request ids as the web tier makes them; nothing else has a record. */
const REQUEST_ID = /^[\w-]{1,64}$/;

/** Written whenever the queues are purged; no request has this id. */
const PURGE_KEY = requestKeyOf('purge!');

/** Written when a request is in hand for the last time that it may be; no request has such an id. */
const lastTryKeyOf = (id: string): string => requestKeyOf(`last-try!${id}`);

const JSON_TYPE = { contentType: 'application/json' };

/**
 * What the output bucket says of single requests whose clients were not answered, by their ids: that a
 * request is still under way, later its result.
 */
export class RequestRecords {
  readonly #bucket: ObjectStore;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(bucket: ObjectStore, clock: Pick<Clock, 'now'>) {
    this.#bucket = bucket;
    this.#clock = clock;
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

  /** Remembers that a worker has a request in hand for the last time, whatever becomes of the worker. */
  async keepLastTry(id: string): Promise<void> {
    await this.#bucket.put(lastTryKeyOf(id), new Uint8Array());
  }

  /** Remembers that no request is under way any more. */
  async keepPurge(): Promise<void> {
    await this.#bucket.put(PURGE_KEY, new Uint8Array());
  }

  /** Forgets what was written before `before`, in milliseconds since the Unix epoch; resolves with how many. */
  async expire(before: number, signal?: AbortSignal): Promise<number> {
    let erased = 0;
    for await (const { key, lastModified } of this.#bucket.list({ prefix: requestKeyOf('') })) {
      if (signal?.aborted) break;
      if (lastModified >= before) continue;
      await this.#bucket.delete(key, { allVersions: true });
      erased++;
    }
    return erased;
  }

  /** `undefined` when nothing is known of a request of that id. */
  async find(id: string): Promise<RequestRecord | undefined> {
    if (!REQUEST_ID.test(id)) return undefined;
    try {
      const { body, lastModified } = await this.#bucket.get(requestKeyOf(id));
      const record = decodeRecord(body);
      const failure = isPending(record) && (await this.#whyNoLonger(id, lastModified));
      return failure ? { ...record, error: errorOf(failure) } : record;
    } catch (error) {
      if (error instanceof NoSuchKeyError) return undefined;
      throw error;
    }
  }

  /** Why a request is under way no more that was so at `time`; it may well be. */
  async #whyNoLonger(id: string, time: number) {
    if (await this.#wasPurgedSince(time)) return new RequestPurgedError();
    return (await this.#wasGivenUp(id)) ? new RequestGivenUpError() : undefined;
  }

  /** Whether the last try ended without a word: nobody can have it in hand any more. */
  async #wasGivenUp(id: string): Promise<boolean> {
    const lastTry = await this.#bucket.head(lastTryKeyOf(id));
    if (lastTry === undefined) return false;
    return this.#clock.now() >= lastTry.lastModified + MAX_HIDDEN_SECONDS * 1000;
  }

  /** S3 tells times in whole seconds, so the same one counts as later. */
  async #wasPurgedSince(time: number): Promise<boolean> {
    const purge = await this.#bucket.head(PURGE_KEY);
    return purge !== undefined && purge.lastModified >= time;
  }
}

const errorOf = ({
  code,
  message,
}: RequestPurgedError | RequestGivenUpError): { code: string; message: string } => ({
  code,
  message,
});
