import { FacefleetError } from '../bus/errors.ts';
import type { Outcome, PhotoLocation, RequestRecord } from '../bus/messages.ts';
import { RequestPurgedError } from './request.ts';

/** An entry takes some 2.2 kB of heap. */
const KEPT = 5000;

/** A photo's request, and what is known of its way. */
export interface RequestEntry {
  readonly record: RequestRecord;
  /** Later requests have higher numbers, over restarts too: about when they were received. */
  readonly number: number;
  /** Milliseconds since the Unix epoch. */
  readonly receivedAt: number;
  /** When the answer was there, likewise; absent until then. */
  readonly answeredAt?: number | undefined;
  /** How long each stage took, in milliseconds; `send` and those of the worker's reply. */
  readonly stages: Readonly<Record<string, number>>;
  /** Where the photo lies; absent until it was answered, and for a photo that could not be read. */
  readonly photo?: PhotoLocation | undefined;
}

/** What a worker's reply adds to an entry. */
interface Ending {
  readonly at: number;
  readonly outcome: Outcome;
  readonly stages?: Readonly<Record<string, number>> | undefined;
  readonly photo?: PhotoLocation | undefined;
}

/** The latest requests, by request id. */
export class RecentRequests {
  readonly #onEnd: (entry: RequestEntry) => void;
  /** Oldest first. */
  #entries = new Map<string, RequestEntry>();
  #lastNumber = 0;

  /** @param onEnd - hears of every request that is over, once more when another answer came */
  constructor(onEnd: (entry: RequestEntry) => void = () => {}) {
    this.#onEnd = onEnd;
  }

  /** Adds requests of before, the latest first; those that are known stay as they are. */
  restore(entries: readonly RequestEntry[]): void {
    const all = new Map(entries.toReversed().map((entry) => [entry.record.id, entry]));
    for (const [id, entry] of this.#entries) all.set(id, entry);
    const latest = [...all]
      .toSorted(([, one], [, other]) => one.number - other.number)
      .slice(-KEPT);
    this.#entries = new Map(latest);
    this.#lastNumber = Math.max(this.#lastNumber, latest.at(-1)?.[1].number ?? 0);
  }

  /** Whether there is no room for requests of before. */
  get isFull(): boolean {
    return this.#entries.size >= KEPT;
  }

  begin(id: string, fileName: string, receivedAt: number): void {
    this.#add({
      record: { id, fileName },
      number: this.#number(receivedAt),
      receivedAt,
      stages: {},
    });
  }

  stage(id: string, stage: string, ms: number): void {
    const entry = this.#entries.get(id);
    if (entry) this.#entries.set(id, { ...entry, stages: { ...entry.stages, [stage]: ms } });
  }

  /** The request is answered. One that is not known, sent before the web tier was started, is from now on. */
  end(id: string, fileName: string, { at, outcome, stages, photo }: Ending): void {
    const entry = this.#entries.get(id) ?? { number: this.#number(at), receivedAt: at, stages: {} };
    const ended = {
      ...entry,
      record: { id, fileName, ...outcome },
      answeredAt: at,
      stages: { ...entry.stages, ...stages },
      photo,
    };
    this.#add(ended);
    this.#onEnd(ended);
  }

  /** The request is over without an answer. */
  fail(id: string, fileName: string, error: unknown, at: number): void {
    const { code, message } =
      error instanceof FacefleetError ? error : { code: 'internal', message: String(error) };
    this.end(id, fileName, { at, outcome: { error: { code, message } } });
  }

  /** The ids of those that are under way. */
  pending(): string[] {
    return [...this.#entries.values()].flatMap(({ record }) =>
      isPending(record) ? [record.id] : [],
    );
  }

  /** Those of these that are under way are so no more. */
  purge(ids: readonly string[], at: number): void {
    for (const id of ids) {
      const { record } = this.#entries.get(id) ?? {};
      if (record && isPending(record)) this.fail(id, record.fileName, new RequestPurgedError(), at);
    }
  }

  find(id: string): RequestEntry | undefined {
    return this.#entries.get(id);
  }

  /** Latest first. */
  list(): RequestEntry[] {
    return [...this.#entries.values()].toReversed();
  }

  /** Forgets those that are over. */
  clear(): void {
    for (const [id, { record }] of this.#entries) {
      if (!isPending(record)) this.#entries.delete(id);
    }
  }

  #number(at: number): number {
    this.#lastNumber = Math.max(this.#lastNumber + 1, at);
    return this.#lastNumber;
  }

  /** In place of the entry that there is, or as the latest one. */
  #add(entry: RequestEntry): void {
    this.#entries.set(entry.record.id, entry);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > KEPT && oldest !== undefined) this.#entries.delete(oldest);
  }
}

/** Whether a request has neither result nor error yet. */
export const isPending = (record: RequestRecord): boolean =>
  !('faces' in record || 'error' in record);
