import { find } from '../elements.ts';
import { Charts } from './charts.ts';
import { onThemeChange, readColours } from './colours.ts';
import { DecisionList, isAct } from './decisions.ts';
import { Gantt } from './gantt.ts';
import { listenToKeys, listenToPicture, ZOOM } from './hands.ts';
import { type Decision, type History, openLog } from './history.ts';
import { follow } from './live.ts';
import { Moment } from './moment.ts';
import { Plot } from './plot.ts';
import { jsonLines, pictureOf, pictureOfSvg, save } from './save.ts';
import { drawOverview } from './scrubber.ts';
import { tell } from './tell.ts';
import { sayTimesAs, ServerClock } from './time.ts';
import { Timeline } from './timeline.ts';
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
  readonly #charts: Charts;
  readonly #plot: Plot;
  readonly #gantt: Gantt;
  readonly #decisions: DecisionList;
  readonly #clock = new ServerClock();
  readonly #scrubber: HTMLInputElement;
  readonly #onMoment: () => void;
  #colours = readColours();
  #timeline: Timeline | undefined;
  #unfollow: () => void = () => {};
  #opening = 0;
  /** Whether events came in that only the log has. */
  #hasMissed = false;
  #problems: readonly string[] = [];
  #frameAt = 0;
  #drawnAt = 0;
  #toldAt = -Infinity;
  /** The moment that is on the pictures. */
  #drawn = 0;
  #isStale = true;

  /** @param onMoment - hears that another moment is looked at, or the present */
  constructor(root: HTMLElement, onMoment: () => void) {
    this.#root = root;
    this.#onMoment = onMoment;
    const colours = this.#colours;
    this.#charts = new Charts(find(HTMLElement, '.charts', root));
    this.#plot = new Plot(find(HTMLElement, '.plot', root), colours);
    this.#gantt = new Gantt(find(HTMLCanvasElement, '.gantt', root), colours);
    this.#decisions = new DecisionList(find(HTMLElement, '.decisions', root), (decision) =>
      this.#jump(decision),
    );
    this.#scrubber = find(HTMLInputElement, '.scrubber input', root);
    this.#listen();
    void this.#charts.load().then(() => this.#touch());
    requestAnimationFrame((at) => this.#frame(at));
  }

  /** Shows a history: at a moment, or at its end, which is now while it is live. */
  async open(history: History, at?: number): Promise<void> {
    const opening = ++this.#opening;
    this.#unfollow();
    const { kind, end, summaries } = history;
    const timeline = await Timeline.open(history, this.moment.spanBefore(at ?? end));
    if (opening !== this.#opening) return;
    this.#timeline = timeline;
    this.#clock.tell(end);
    this.#problems = [];
    this.#hasMissed = false;
    const isLive = kind === 'live';
    const bounds = {
      begin: summaries[0]?.at ?? 0,
      end: isLive ? () => this.#clock.now() : () => end,
      isLive,
    };
    sayTimesAs(kind === 'laboratory' ? 'time passed' : 'time of day');
    this.moment.enter(bounds, at);
    this.#unfollow = isLive ? this.#follow(timeline) : () => {};
    this.#say();
    this.#overview();
    this.#touch();
  }

  /** Reads the log again; a moment of the past that is shown stays. */
  async openLog(at?: number): Promise<void> {
    try {
      await this.open(await openLog(), at);
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
    }
  }

  /** Says what went wrong. */
  fail(problem: string): void {
    this.#problems = [problem];
    this.#say();
  }

  #say(): void {
    const { history, problems = [] } = this.#timeline ?? {};
    const words = [...this.#problems, ...(history?.problems ?? []), ...problems];
    const notice = find(HTMLElement, '.notice-line', this.#root);
    notice.textContent = words.join('; ');
    notice.hidden = words.length === 0;
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
        this.#isStale = true;
      },
      onGap: () => void this.openLog(this.moment.mode === 'live' ? undefined : this.moment.at),
      onConnection: (isConnected) => {
        this.#root.classList.toggle('disconnected', !isConnected);
        this.#problems = isConnected
          ? []
          : ['The connection to the server is lost; trying again …'];
        this.#say();
      },
    });
  }

  // Time

  #frame(frameAt: number): void {
    const elapsed = Math.min(LONGEST_FRAME_MS, frameAt - this.#frameAt);
    this.#frameAt = frameAt;
    const { mode } = this.moment;
    this.moment.pass(elapsed, (at) => this.#timeline?.knows(at) ?? false);
    if (mode === 'playing' && this.moment.mode !== 'playing') this.#leaveMoment();
    const isDue = frameAt - this.#drawnAt >= DRAW_EVERY_MS;
    if (this.#isStale || (mode !== 'still' && isDue)) {
      this.#drawnAt = frameAt;
      this.#isStale = false;
      this.#draw(frameAt);
    }
    requestAnimationFrame((at) => this.#frame(at));
  }

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
    if (this.moment.bounds.isLive && !this.#timeline?.isAtEnd) void this.openLog();
    this.#leaveMoment();
  }

  #toNeighbour(direction: 1 | -1): void {
    const decisions = (this.#timeline?.tracks.decisions ?? []).filter(isAct);
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

  #leaveMoment(): void {
    this.#onMoment();
    this.#touch();
  }

  // Pictures

  #touch(): void {
    this.#isStale = true;
    this.#toldAt = -Infinity;
  }

  #draw(frameAt: number): void {
    const timeline = this.#timeline;
    if (!timeline) return;
    const { at, span, mode } = this.moment;
    if (timeline.hasForgotten(at) || (this.#hasMissed && timeline.isAtEnd)) {
      this.#timeline = undefined;
      void this.openLog(mode === 'live' ? undefined : at);
      return;
    }
    const { tracks } = timeline;
    void timeline.load({ from: Math.min(span.from, at), to: Math.max(span.to, at) }).then(() => {
      if (timeline.tracks === tracks) return;
      this.#say();
      this.#touch();
    });
    const goesOn = mode !== 'still' && at >= this.#drawn;
    this.#charts.show(tracks, at, goesOn ? this.#drawn : undefined);
    this.#drawn = at;
    this.#plot.draw(tracks, span, at);
    this.#gantt.draw(tracks, span, at);
    if (frameAt - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = frameAt;
    this.#decisions.show(tracks.decisions, at);
    tell(this.#root, this.moment, timeline);
    if (timeline.history.kind === 'live') this.#overview();
    if (document.activeElement !== this.#scrubber || mode !== 'still') {
      this.#scrubber.value = String(this.moment.fraction);
    }
  }

  #overview(): void {
    const canvas = find(HTMLCanvasElement, '.scrubber canvas', this.#root);
    const end = this.moment.bounds.end();
    if (this.#timeline) drawOverview(canvas, this.#timeline, end, this.#colours);
  }

  // Hands

  #listen(): void {
    const { moment } = this;
    const change = (act: () => void) => (): void => {
      act();
      this.#touch();
    };
    const zoomIn = change(() => moment.zoom(1 / ZOOM));
    const zoomOut = change(() => moment.zoom(ZOOM));
    const acts = {
      '.play': () => this.#togglePlay(),
      '.previous': () => this.#toNeighbour(-1),
      '.next': () => this.#toNeighbour(1),
      '.to-live': () => this.#goLive(),
      '.zoom-in': zoomIn,
      '.zoom-out': zoomOut,
      '.all-decisions': () => this.#touch(),
      '.save-lines': () => this.#saveLines(),
      '.save-timeline-png': () => void this.#savePicture(),
      '.save-chart-png': () => void this.#saveChart(),
    };
    for (const [selector, act] of Object.entries(acts)) {
      find(HTMLElement, selector, this.#root).addEventListener('click', act);
    }
    listenToKeys({
      l: () => this.#goLive(),
      ' ': () => this.#togglePlay(),
      ArrowLeft: () => this.#toNeighbour(-1),
      ArrowRight: () => this.#toNeighbour(1),
      '+': zoomIn,
      '-': zoomOut,
    });
    const speed = find(HTMLSelectElement, '.speed', this.#root);
    speed.addEventListener('change', () => (moment.speed = Number(speed.value)));
    this.#scrubber.addEventListener('input', () => {
      const { begin, end } = moment.bounds;
      this.#seek(begin + Number(this.#scrubber.value) * (end() - begin));
    });
    for (const picture of [this.#gantt.canvas, find(HTMLElement, '.plot', this.#root)]) {
      listenToPicture(picture, moment, {
        seek: (at) => this.#seek(at),
        change: () => this.#touch(),
      });
    }
    onThemeChange(() => {
      this.#colours = readColours();
      this.#plot.colours = this.#colours;
      this.#gantt.colours = this.#colours;
      this.#overview();
      this.#touch();
    });
    new ResizeObserver(() => {
      this.#overview();
      this.#touch();
    }).observe(this.#root);
  }

  #saveLines(): void {
    if (!this.#timeline) return;
    const { from, to } = this.moment.span;
    save('fleet.jsonl', jsonLines(this.#timeline.tracks, from, to));
  }

  async #savePicture(): Promise<void> {
    const plot = find(HTMLCanvasElement, '.plot canvas', this.#root);
    save('fleet.png', await pictureOf([plot, this.#gantt.canvas], this.#colours.surface));
  }

  async #saveChart(): Promise<void> {
    const { machine } = this.#charts;
    const svg = await (await fetch(`/v1/machines/${machine}.svg`)).text();
    save(`${machine}.png`, await pictureOfSvg(svg, '#ffffff'));
  }
}
