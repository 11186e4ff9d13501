import type { RequestRecord } from '../bus/messages.ts';

/** A record has about a kilobyte. */
const KEPT = 10_000;

/** The results of the requests that were answered last, by request id. */
export class RecentRecords {
  /** Oldest first. */
  readonly #records = new Map<string, RequestRecord>();

  keep(record: RequestRecord): void {
    this.#records.set(record.id, record);
    const [oldest] = this.#records.keys();
    if (this.#records.size > KEPT && oldest !== undefined) this.#records.delete(oldest);
  }

  find(id: string): RequestRecord | undefined {
    return this.#records.get(id);
  }

  clear(): void {
    this.#records.clear();
  }
}
