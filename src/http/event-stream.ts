import { Readable } from 'node:stream';

import type { RecordedEvent } from '../bus/events.ts';
import type { RecentEvents } from '../bus/recent-events.ts';

export interface EventStreamOptions {
  readonly recent: RecentEvents;
  /** The Last-Event-ID header; empty when there is none. */
  readonly lastEventId: string;
  readonly stopping?: AbortSignal | undefined;
}

/** Comments keep proxies from taking the silence of a quiet fleet for a dead connection. */
const KEEP_ALIVE_MS = 15_000;

/** Events that happen within so much time go out together. */
const BATCH_MS = 50;

/** How soon a client that lost its connection comes back. */
const RETRY_MS = 1000;

/**
 * The fleet's events for one client, in the format of the HTML standard's server-sent events. It
 * holds no events of its own: it remembers how far the client is, and gives on when the client takes.
 */
export class EventStream extends Readable {
  readonly #recent: RecentEvents;
  readonly #timer: NodeJS.Timeout;
  #giving: NodeJS.Timeout | undefined;
  readonly #unsubscribe: () => void;
  readonly #end = (): void => void this.push(null);
  readonly #stopping: AbortSignal | undefined;
  /** Number of the last event that the client was given; undefined before the first snapshot. */
  #seq: number | undefined;
  #isTaking = false;

  constructor({ recent, lastEventId, stopping }: EventStreamOptions) {
    super();
    // The first words also make the response's headers go out.
    this.push(`retry: ${RETRY_MS}\n\n`);
    this.#recent = recent;
    this.#seq = /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : undefined;
    this.#unsubscribe = recent.subscribe(() => this.#giveSoon());
    this.#timer = setInterval(() => this.#isTaking && this.#write(':\n\n'), KEEP_ALIVE_MS);
    this.#stopping = stopping;
    stopping?.addEventListener('abort', this.#end, { once: true });
  }

  override _read(): void {
    this.#isTaking = true;
    this.#give();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    clearInterval(this.#timer);
    clearTimeout(this.#giving);
    this.#unsubscribe();
    this.#stopping?.removeEventListener('abort', this.#end);
    callback(error);
  }

  /** Many events make one chunk. */
  #giveSoon(): void {
    this.#giving ??= setTimeout(() => {
      this.#giving = undefined;
      this.#give();
    }, BATCH_MS);
  }

  #give(): void {
    const { lastSeq } = this.#recent;
    const missed = this.#seq === undefined ? undefined : this.#recent.since(this.#seq);
    if (!this.#isTaking || missed?.length === 0) return;
    this.#seq = lastSeq;
    const text = missed?.map(message).join('') ?? snapshot(lastSeq, this.#recent.view);
    this.#write(text);
  }

  #write(text: string): void {
    this.#isTaking = this.push(text);
  }
}

const message = (event: RecordedEvent): string =>
  `id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`;

const snapshot = (seq: number, view: RecentEvents['view']): string =>
  `event: snapshot\nid: ${seq}\ndata: ${JSON.stringify({ seq, ...view })}\n\n`;
