import { type History, pageAt } from './history.ts';
import { type Span, Tracks } from './tracks.ts';

/** Pages that are unfolded at one time, at most. */
const MOST_PAGES = 40;

/** Events that are unfolded at one time while they come in live, and how many of them are dropped. */
const MOST_EVENTS = 60_000;
const DROPPED_PART = 0.25;

/** A history, and the stretch of it that is unfolded. */
export class Timeline {
  readonly history: History;
  tracks: Tracks;
  /** What of the unfolded stretch could not be read, in words. */
  problems: readonly string[] = [];
  #first: number;
  #last: number;
  #loading: Promise<void> | undefined;
  #isTrimmed = false;

  private constructor(history: History, tracks: Tracks, first: number, last: number) {
    this.history = history;
    this.tracks = tracks;
    this.#first = first;
    this.#last = last;
  }

  /** Opens a history with a span of time unfolded. */
  static async open(history: History, span: Span): Promise<Timeline> {
    const timeline = new Timeline(history, NOTHING(), 0, -1);
    await timeline.#unfold(span);
    return timeline;
  }

  /** Whether the unfolded stretch goes to the end of what there is. */
  get isAtEnd(): boolean {
    return this.#last >= this.history.summaries.length - 1;
  }

  /** Whether all that there is is unfolded. */
  get isWhole(): boolean {
    return this.#first === 0 && this.isAtEnd && !this.#isTrimmed;
  }

  /** Whether the fleet is known as it was at that moment. */
  knows(at: number): boolean {
    if (this.hasForgotten(at)) return false;
    const isAfterBeginning = this.#first === 0 || at >= this.tracks.from;
    return isAfterBeginning && (this.isAtEnd || at <= this.tracks.to);
  }

  /** Whether that moment came in live and was given up since: only the log, read again, has it. */
  hasForgotten(at: number): boolean {
    return this.#isTrimmed && at < this.tracks.from;
  }

  /** Unfolds the span, or as much of it around its end as can be shown; no-op while it does. */
  load(span: Span): Promise<void> {
    const wanted = this.#pagesOf(span);
    const isUnfolded = wanted.first >= this.#first && wanted.last <= this.#last;
    if (isUnfolded || this.#isTrimmed) return Promise.resolve();
    return (this.#loading ??= this.#unfold(span).finally(() => {
      this.#loading = undefined;
    }));
  }

  /** Forgets the oldest events when there are too many. */
  trim(): void {
    const { tracks } = this;
    if (tracks.size < MOST_EVENTS) return;
    tracks.dropBefore(tracks.timeOf(Math.floor(tracks.size * DROPPED_PART)));
    this.#isTrimmed = true;
  }

  #pagesOf({ from, to }: Span): { first: number; last: number } {
    const last = pageAt(this.history, to);
    return { first: Math.max(pageAt(this.history, from), last - MOST_PAGES), last };
  }

  async #unfold(span: Span): Promise<void> {
    const { summaries } = this.history;
    if (summaries.length === 0) return;
    const { first, last } = this.#pagesOf(span);
    const indices = Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
    const pages = await Promise.all(indices.map((index) => this.history.page(index)));
    const [head, ...rest] = pages;
    if (!head) return;
    const tracks = new Tracks(head);
    for (const { events } of rest) for (const event of events) tracks.append(event);
    // What has come in live since the history was opened is in none of its pages.
    if (this.isAtEnd && last === summaries.length - 1) {
      for (const event of this.tracks.after(tracks.lastSeq)) tracks.append(event);
    }
    this.problems = pages.flatMap(({ problem }) => problem ?? []);
    this.tracks = tracks;
    this.#first = first;
    this.#last = last;
  }
}

const NOTHING = (): Tracks =>
  new Tracks({ head: { seq: 0, view: { at: 0, instances: [], decision: null } }, events: [] });
