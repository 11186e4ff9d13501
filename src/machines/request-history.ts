import { NoSuchKeyError } from '../bus/errors.ts';
import type { RequestRecord } from '../bus/messages.ts';
import type { ObjectStore } from '../bus/store.ts';
import { isPending, type RecentRequests, type RequestEntry } from './recent-requests.ts';
import type { RequestRecords } from './request-records.ts';

/** What became of a request; of one of the latest, its way as well. */
export type KnownRequest = { readonly record: RequestRecord } & Partial<RequestEntry>;

export interface RequestHistoryParts {
  readonly recent: RecentRequests;
  readonly records: RequestRecords;
  readonly inputBucket: Pick<ObjectStore, 'get'>;
}

/** What is known of single requests, in memory and in the buckets. */
export class RequestHistory {
  readonly #parts: RequestHistoryParts;

  constructor(parts: RequestHistoryParts) {
    this.#parts = parts;
  }

  /** @param isAwaited - whether a client waits for the answer now */
  async find(id: string, isAwaited: boolean): Promise<KnownRequest | undefined> {
    const known = this.#parts.recent.find(id);
    if (known && (isAwaited || !isPending(known.record))) return known;
    // Nobody waits for it here any more: the bucket knows whether it was purged or given up.
    const record = await this.#parts.records.find(id);
    return record ? { ...known, record } : known;
  }

  /** The photo of one of the latest requests, where it was stored and is still there. */
  async photo(id: string): Promise<Uint8Array | undefined> {
    const location = this.#parts.recent.find(id)?.photo;
    if (location === undefined) return undefined;
    const { key, versionId } = location;
    try {
      return (await this.#parts.inputBucket.get(key, { versionId })).body;
    } catch (error) {
      if (error instanceof NoSuchKeyError) return undefined;
      throw error;
    }
  }
}
