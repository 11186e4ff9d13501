import { FacefleetError } from '../bus/errors.ts';
import type { Outcome, PhotoLocation, RequestRecord } from '../bus/messages.ts';
import { RequestPurgedError } from './request.ts';

/** An entry has one to two kilobytes. */
const KEPT = 10_000;

/** A photo's request, and what is known of its way. */
export interface RequestEntry {
  readonly record: RequestRecord;
  /** Later requests have higher numbers. */
  readonly number: number;
  /** Milliseconds since the Unix epoch. */
  readonly receivedAt: number;
  /** When the answer was there, likewise; absent until then. */
  readonly answeredAt?: number;
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

/** The requests that came last to this web tier, by request id. */
export class RecentRequests {
  /** Oldest first. */
  readonly #entries = new Map<string, RequestEntry>();
  #count = 0;

  begin(id: string, fileName: string, receivedAt: number): void {
    const number = ++this.#count;
    this.#entries.set(id, { record: { id, fileName }, number, receivedAt, stages: {} });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > KEPT && oldest !== undefined) this.#entries.delete(oldest);
  }

  stage(id: string, stage: string, ms: number): void {
    const entry = this.#entries.get(id);
    if (entry) this.#entries.set(id, { ...entry, stages: { ...entry.stages, [stage]: ms } });
  }

  /** The request is answered; one that is not known any more is passed over. */
  end(id: string, { at, outcome, stages, photo }: Ending): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    const { fileName } = entry.record;
    this.#entries.set(id, {
      ...entry,
      record: { id, fileName, ...outcome },
      answeredAt: at,
      stages: { ...entry.stages, ...stages },
      photo,
    });
  }

  /** The request is over without an answer. */
  fail(id: string, error: unknown, at: number): void {
    const { code, message } =
      error instanceof FacefleetError ? error : { code: 'internal', message: String(error) };
    this.end(id, { at, outcome: { error: { code, message } } });
  }

  /** Nothing is under way any more. */
  purge(at: number): void {
    for (const { record } of this.#entries.values()) {
      if (isPending(record)) this.fail(record.id, new RequestPurgedError(), at);
    }
  }

  find(id: string): RequestEntry | undefined {
    return this.#entries.get(id);
  }

  /** Latest first. */
  list(): RequestEntry[] {
    return [...this.#entries.values()].toReversed();
  }

  clear(): void {
    this.#entries.clear();
  }
}

/** Whether a request has neither result nor error yet. */
export const isPending = (record: RequestRecord): boolean =>
  !('faces' in record || 'error' in record);
