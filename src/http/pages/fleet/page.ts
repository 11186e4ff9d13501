import { find } from '../elements.ts';
import { saveFile } from '../save-file.ts';
import { DecisionList, isAct } from './decisions.ts';
import { listenToKeys, listenToPicture, ZOOM } from './hands.ts';
import type { Decision, History } from './history.ts';
import { Moment } from './moment.ts';
import { OpenedHistory } from './opened-history.ts';
import { Pictures } from './pictures.ts';
import { jsonLines } from './save.ts';
import { tell } from './tell.ts';
import type { Timed } from './tracks.ts';

/** The canvases are drawn anew this often while only time goes on. */
const DRAW_EVERY_MS = 100;

/** Words and lists are for reading. */
const TELL_EVERY_MS = 300;

/** A page that was asleep does not play what it missed. */
const LONGEST_FRAME_MS = 1000;

/** One moment of one history, on everything that shows it. */
export class FleetPage {
  readonly moment = new Moment();
  readonly #root: HTMLElement;
  readonly #opened: OpenedHistory;
  readonly #pictures: Pictures;
  readonly #decisions: DecisionList;
  readonly #scrubber: HTMLInputElement;
  readonly #onMoment: () => void;
  #frameAt = 0;
  #drawnAt = 0;
  #toldAt = -Infinity;
  #isStale = true;

  /** @param onMoment - hears that another moment is looked at, or the present */
  constructor(root: HTMLElement, onMoment: () => void) {
    this.#root = root;
    this.#onMoment = onMoment;
    this.#opened = new OpenedHistory(
      this.moment,
      () => this.#changed(),
      (isConnected) => root.classList.toggle('disconnected', !isConnected),
    );
    this.#pictures = new Pictures(root, () => this.#changed());
    this.#decisions = new DecisionList(find(HTMLElement, '.decisions', root), (decision) =>
      this.#jump(decision),
    );
    this.#scrubber = find(HTMLInputElement, '.scrubber input', root);
    this.#listen();
    requestAnimationFrame((at) => this.#frame(at));
  }

  /** Shows a history: at a moment, or at its end, which is now while it is live. */
  open(history: History, at?: number): Promise<void> {
    return this.#opened.open(history, at);
  }

  /** Reads the log again; a moment of the past that is shown stays. */
  openLog(at?: number): Promise<void> {
    return this.#opened.openLog(at);
  }

  /** Says what went wrong. */
  fail(problem: string): void {
    this.#opened.fail(problem);
  }

  #changed(): void {
    const words = this.#opened.problems.join('; ');
    const notice = find(HTMLElement, '.notice-line', this.#root);
    notice.textContent = words;
    notice.hidden = words === '';
    this.#overview();
    this.#touch();
  }

  // Time

  #frame(frameAt: number): void {
    const elapsed = Math.min(LONGEST_FRAME_MS, frameAt - this.#frameAt);
    this.#frameAt = frameAt;
    const { mode } = this.moment;
    this.moment.pass(elapsed, (at) => this.#opened.timeline?.knows(at) ?? false);
    if (mode === 'playing' && this.moment.mode !== 'playing') this.#leaveMoment();
    const isDue = frameAt - this.#drawnAt >= DRAW_EVERY_MS;
    if (this.#isStale || (mode !== 'still' && isDue)) {
      this.#drawnAt = frameAt;
      this.#isStale = false;
      this.#draw(frameAt);
    }
    requestAnimationFrame((at) => this.#frame(at));
  }

  #draw(frameAt: number): void {
    const timeline = this.#opened.around();
    if (!timeline) return;
    this.#pictures.draw(timeline, this.moment);
    if (frameAt - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = frameAt;
    this.#decisions.show(timeline.tracks.decisions, this.moment.at);
    tell(this.#root, this.moment, timeline);
    if (timeline.history.kind === 'live') this.#overview();
    if (document.activeElement !== this.#scrubber || this.moment.mode !== 'still') {
      this.#scrubber.value = String(this.moment.fraction);
    }
  }

  #touch(): void {
    this.#isStale = true;
    this.#toldAt = -Infinity;
  }

  #overview(): void {
    const { timeline } = this.#opened;
    if (timeline) this.#pictures.drawOverview(timeline, this.moment.bounds.end());
  }

  // What hands do

  #seek(at: number): void {
    this.moment.seek(at);
    this.#leaveMoment();
  }

  #jump(decision: Timed<Decision>): void {
    this.#seek(decision.at);
    this.#decisions.open(decision);
  }

  #goLive(): void {
    this.moment.goLive();
    this.#decisions.open(undefined);
    if (this.moment.bounds.isLive && !this.#opened.timeline?.isAtEnd) void this.openLog();
    this.#leaveMoment();
  }

  #toNeighbour(direction: 1 | -1): void {
    const decisions = (this.#opened.timeline?.tracks.decisions ?? []).filter(isAct);
    const next =
      direction === 1
        ? decisions.find(({ at }) => at > this.moment.at)
        : decisions.findLast(({ at }) => at < this.moment.at);
    if (next) this.#jump(next);
  }

  #togglePlay(): void {
    if (this.moment.mode === 'playing') this.moment.stop();
    else this.moment.play();
    this.#leaveMoment();
  }

  #zoom(factor: number): void {
    this.moment.zoom(factor);
    this.#touch();
  }

  #leaveMoment(): void {
    this.#onMoment();
    this.#touch();
  }

  #saveLines(): void {
    const { timeline } = this.#opened;
    const { from, to } = this.moment.span;
    if (timeline) saveFile('fleet.jsonl', jsonLines(timeline.tracks, from, to));
  }

  #listen(): void {
    const { moment } = this;
    const acts = {
      '.play': () => this.#togglePlay(),
      '.previous': () => this.#toNeighbour(-1),
      '.next': () => this.#toNeighbour(1),
      '.to-live': () => this.#goLive(),
      '.zoom-in': () => this.#zoom(1 / ZOOM),
      '.zoom-out': () => this.#zoom(ZOOM),
      '.all-decisions': () => this.#touch(),
      '.save-lines': () => this.#saveLines(),
      '.save-timeline-png': () => void this.#pictures.saveTimeline(),
      '.save-chart-png': () => void this.#pictures.saveChart(),
    };
    for (const [selector, act] of Object.entries(acts)) {
      find(HTMLElement, selector, this.#root).addEventListener('click', act);
    }
    listenToKeys({
      l: acts['.to-live'],
      ' ': acts['.play'],
      ArrowLeft: acts['.previous'],
      ArrowRight: acts['.next'],
      '+': acts['.zoom-in'],
      '-': acts['.zoom-out'],
    });
    const speed = find(HTMLSelectElement, '.speed', this.#root);
    speed.addEventListener('change', () => (moment.speed = Number(speed.value)));
    this.#scrubber.addEventListener('input', () => {
      const { begin, end } = moment.bounds;
      this.#seek(begin + Number(this.#scrubber.value) * (end() - begin));
    });
    for (const picture of this.#pictures.ofTime) {
      listenToPicture(picture, moment, {
        seek: (at) => this.#seek(at),
        change: () => this.#touch(),
      });
    }
    new ResizeObserver(() => this.#changed()).observe(this.#root);
  }
}
