import { z } from 'zod';

import type { Clock } from '../bus/clock.ts';
import { NoSuchKeyError } from '../bus/errors.ts';
import { decode, photoLocation, requestRecord } from '../bus/messages.ts';
import { requestKeyOf } from '../bus/object-key.ts';
import type { ObjectStore } from '../bus/store.ts';
import type { RequestEntry } from './recent-requests.ts';

export interface RequestJournalOptions {
  /** The output bucket. */
  readonly bucket: Pick<ObjectStore, 'put' | 'get' | 'list'>;
  readonly clock: Clock;
  /** What could not be written is tried again with what comes next; what cannot be read is passed over. */
  readonly onFailure: (step: 'writeJournal' | 'readJournal', error: unknown) => void;
}

/** Version of a page; a reader passes over what it does not know. */
const VERSION = 1;

/** A crash forgets at most what was answered within so much time. */
const WRITE_EVERY_MS = 10_000;

/** So many entries are written without waiting for more. */
const ENTRIES_A_PAGE = 500;

/** No more are kept that cannot be written. */
const MOST_UNWRITTEN = 5000;

/** So many pages are read at a time. */
const AT_A_TIME = 20;

/** No request has such an id; pages expire with all that the bucket has by request id. */
const PREFIX = requestKeyOf('journal!');

/** Later than any page. */
const END_OF_TIME = 1e15;

/** Buckets list by key, so a later page gets the lesser one: what is read first is the latest. */
const keyOf = (time: number, firstId: string): string =>
  `${PREFIX}${String(END_OF_TIME - time).padStart(15, '0')}-${firstId}`;

const page = z.object({
  v: z.literal(VERSION),
  entries: z.array(
    z.object({
      record: requestRecord,
      number: z.number(),
      receivedAt: z.number(),
      answeredAt: z.number().optional(),
      stages: z.record(z.string(), z.number()),
      photo: photoLocation.optional(),
    }),
  ),
});

/**
 * The requests that were answered, in pages of the output bucket, so that a web tier that is started anew
 * knows those of before. A result itself is safe without it, under its file's name.
 */
export class RequestJournal {
  readonly #options: RequestJournalOptions;
  #unwritten: RequestEntry[] = [];
  #timer: unknown;
  /** One write after the other. */
  #writing: Promise<void> = Promise.resolve();

  constructor(options: RequestJournalOptions) {
    this.#options = options;
  }

  /** An entry that came before, changed, counts instead of that one. */
  add(entry: RequestEntry): void {
    this.#unwritten.push(entry);
    if (this.#unwritten.length % ENTRIES_A_PAGE === 0) void this.write();
    else this.#timer ??= this.#options.clock.setTimeout(() => void this.write(), WRITE_EVERY_MS);
  }

  /** Writes what is not written yet. */
  write(): Promise<void> {
    this.#options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#put());
    return this.#writing;
  }

  async #put(): Promise<void> {
    const { bucket, clock, onFailure } = this.#options;
    const entries = this.#unwritten;
    const [first] = entries;
    if (first === undefined) return;
    this.#unwritten = [];
    const body = Buffer.from(
      JSON.stringify({ v: VERSION, entries } satisfies z.infer<typeof page>),
    );
    try {
      await bucket.put(keyOf(clock.now(), first.record.id), body, {
        contentType: 'application/json',
      });
    } catch (error) {
      this.#unwritten = [...entries, ...this.#unwritten].slice(-MOST_UNWRITTEN);
      onFailure('writeJournal', error);
    }
  }

  /** Writes nothing while `empty` empties the bucket, and then forgets what was not written yet. */
  async purgedBy(empty: () => Promise<unknown>): Promise<void> {
    const purged = this.#writing.then(empty).then(() => {
      this.#unwritten = [];
    });
    // Where it fails, the entries are kept.
    this.#writing = purged.catch(() => {});
    await purged;
  }

  /** What was written, the latest pages first; of the entries of one request the first one counts. */
  async *read(): AsyncGenerator<readonly RequestEntry[]> {
    let keys: string[] = [];
    for await (const { key } of this.#options.bucket.list({ prefix: PREFIX })) {
      keys.push(key);
      if (keys.length < AT_A_TIME) continue;
      yield await this.#entriesOf(keys);
      keys = [];
    }
    yield await this.#entriesOf(keys);
  }

  async #entriesOf(keys: readonly string[]): Promise<RequestEntry[]> {
    return (await Promise.all(keys.map((key) => this.#page(key)))).flat();
  }

  /** The latest first. */
  async #page(key: string): Promise<RequestEntry[]> {
    try {
      const { body } = await this.#options.bucket.get(key);
      return decode(page, Buffer.from(body).toString(), 'page of requests').entries.toReversed();
    } catch (error) {
      if (!(error instanceof NoSuchKeyError)) this.#options.onFailure('readJournal', error);
      return [];
    }
  }
}
