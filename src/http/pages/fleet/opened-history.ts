import { type History, openLog } from './history.ts';
import { follow } from './live.ts';
import type { Moment } from './moment.ts';
import { sayTimesAs, ServerClock } from './time.ts';
import { Timeline } from './timeline.ts';

const NOT_CONNECTED = 'The connection to the server is lost; trying again …';
const RETRY_MS = 2000;

/** The history that is shown: opened, and followed while it goes on. */
export class OpenedHistory {
  readonly #moment: Moment;
  readonly #onChange: () => void;
  readonly #onConnection: (isConnected: boolean) => void;
  readonly #clock = new ServerClock();
  #timeline: Timeline | undefined;
  #unfollow: () => void = () => {};
  #opening = 0;
  #retry: number | undefined;
  /** Whether events came in that only the log has. */
  #hasMissed = false;
  /** What went wrong last, besides what cannot be read. */
  #failure: string | undefined;

  /** @param onChange - hears that there is something else to show, or to say */
  constructor(moment: Moment, onChange: () => void, onConnection: (isConnected: boolean) => void) {
    this.#moment = moment;
    this.#onChange = onChange;
    this.#onConnection = onConnection;
  }

  /** Absent while none is there. */
  get timeline(): Timeline | undefined {
    return this.#timeline;
  }

  /** What went wrong, and what cannot be read, in words. */
  get problems(): readonly string[] {
    const { history, problems = [] } = this.#timeline ?? {};
    return [
      ...(this.#failure === undefined ? [] : [this.#failure]),
      ...(history?.problems ?? []),
      ...problems,
    ];
  }

  /** Shows a history: at a moment, or at its end, which is now while it is live. */
  async open(history: History, at?: number): Promise<void> {
    const opening = ++this.#opening;
    window.clearTimeout(this.#retry);
    this.#unfollow();
    const { kind, end, summaries } = history;
    const timeline = await Timeline.open(history, this.#moment.spanBefore(at ?? end));
    if (opening !== this.#opening) return;
    this.#timeline = timeline;
    this.#clock.tell(end);
    this.#failure = undefined;
    this.#hasMissed = false;
    const isLive = kind === 'live';
    const bounds = {
      begin: summaries[0]?.at ?? 0,
      end: isLive ? () => this.#clock.now() : () => end,
      isLive,
    };
    sayTimesAs(kind === 'laboratory' ? 'time passed' : 'time of day');
    this.#moment.enter(bounds, at);
    this.#unfollow = isLive ? this.#follow(timeline) : () => {};
    this.#onChange();
  }

  /** Reads the log again; a moment of the past that is shown stays. */
  async openLog(at?: number): Promise<void> {
    try {
      await this.open(await openLog(), at);
    } catch (error) {
      const isUnreachable = error instanceof TypeError;
      this.fail(isUnreachable ? NOT_CONNECTED : (error as Error).message);
      if (isUnreachable) this.#retry = window.setTimeout(() => void this.openLog(at), RETRY_MS);
    }
  }

  fail(problem: string): void {
    this.#failure = problem;
    this.#onChange();
  }

  /**
   * The fleet around the moment, if it can be shown now; what is missing of the span is read. Where only
   * the log has it, the log is read again.
   */
  around(): Timeline | undefined {
    const timeline = this.#timeline;
    if (!timeline) return undefined;
    const { at, span, mode } = this.#moment;
    const isBehind = timeline.history.kind === 'live' && this.#clock.hasSlept;
    if (isBehind || timeline.hasForgotten(at) || (this.#hasMissed && timeline.isAtEnd)) {
      this.#timeline = undefined;
      void this.openLog(mode === 'live' ? undefined : at);
      return undefined;
    }
    const { tracks } = timeline;
    void timeline.load({ from: Math.min(span.from, at), to: Math.max(span.to, at) }).then(() => {
      if (timeline.tracks !== tracks) this.#onChange();
    });
    return timeline;
  }

  #follow(timeline: Timeline): () => void {
    return follow(timeline.tracks.lastSeq, {
      onEvents: (events) => {
        // While one looks back far, what comes in now is left to the log.
        if (!timeline.isAtEnd) {
          this.#hasMissed = true;
          return;
        }
        for (const event of events) timeline.tracks.append(event);
        timeline.trim();
      },
      onGap: () => void this.openLog(this.#moment.mode === 'live' ? undefined : this.#moment.at),
      onConnection: (isConnected) => {
        this.#failure = isConnected ? undefined : NOT_CONNECTED;
        this.#onConnection(isConnected);
        this.#onChange();
      },
    });
  }
}
