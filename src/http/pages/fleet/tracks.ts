import type { Decision, Failure, FleetEvent, Page, Traffic } from './history.ts';

/** What of time is shown; milliseconds since the Unix epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** One instance through time: the state `states[i]` from `times[i]` on. */
export interface Track {
  readonly id: string;
  readonly times: number[];
  readonly states: string[];
  /** When photos were finished, and how many there were by then since its worker started. */
  readonly doneTimes: number[];
  readonly done: number[];
}

/** Figures of the fleet from a time on, column by column. */
export interface Samples {
  readonly times: number[];
  readonly messages: number[];
  readonly active: number[];
  readonly running: number[];
  readonly cap: number[];
}

/** Points through time: seconds since the Unix epoch, then a column a line; null is a gap. */
export type Columns = readonly [readonly number[], ...(readonly (number | null)[])[]];

/**
 * Events of one millisecond keep their order: the moment of a decision is before what it brings about.
 */
const TICK_MS = 0.001;

export const GONE = '';

/**
 * A stretch of a fleet's life, unfolded in time, so that any moment of it can be looked up: what it
 * takes to draw it. Time is when the controller's process heard of something; it always runs forwards.
 */
export class Tracks {
  readonly tracks = new Map<string, Track>();
  readonly decisions: Timed<Decision>[] = [];
  readonly failures: Timed<Failure>[] = [];
  readonly traffic: Timed<Traffic>[] = [];
  readonly samples: Samples = { times: [], messages: [], active: [], running: [], cap: [] };
  /** Where the stretch begins and ends by now. */
  from: number;
  to: number;
  /** Number of the last event. */
  lastSeq: number;
  #events: FleetEvent[] = [];
  #times: number[] = [];
  #active = 0;
  #running = 0;
  #messages = 0;
  #cap = NaN;

  constructor({ head: { seq, view }, events }: Page) {
    this.from = view.at;
    this.to = view.at;
    this.lastSeq = seq;
    for (const { id, state, done } of view.instances) {
      this.#enter(id, state, view.at);
      this.#finish(id, done, view.at);
    }
    if (view.decision) this.#note(view.decision);
    this.#sample();
    for (const event of events) this.append(event);
  }

  get size(): number {
    return this.#events.length;
  }

  /** When the event at an index was heard of. */
  timeOf(index: number): number {
    return this.#times[index] ?? this.to;
  }

  append(event: FleetEvent): void {
    // Worker events bring the time of their worker's clock, and decisions that of their readings.
    const at = Math.max(event.at, this.to + TICK_MS);
    this.to = at;
    this.lastSeq = event.seq;
    this.#events.push(event);
    this.#times.push(at);
    switch (event.type) {
      case 'instance.transition':
        this.#enter(event.instance, event.state, at);
        this.#sample();
        break;
      case 'controller.decision':
        this.decisions.push({ at, event });
        this.#note(event);
        this.#sample();
        break;
      case 'controller.failed':
        this.failures.push({ at, event });
        break;
      case 'web.traffic':
        this.traffic.push({ at, event });
        break;
      case 'worker.busy':
      case 'worker.idle':
        this.#finish(event.instance, event.done, at);
        break;
      default:
    }
  }

  /** The events after number `seq`. */
  after(seq: number): FleetEvent[] {
    return this.#events.slice(this.#events.findLastIndex((event) => event.seq <= seq) + 1);
  }

  /** The events from one time to another, both included. */
  between(from: number, to: number): FleetEvent[] {
    return this.#events.slice(countUntil(this.#times, from - 1e-6), countUntil(this.#times, to));
  }

  /** Gives up what ended before a time. */
  dropBefore(at: number): void {
    this.from = at;
    cut(countUntil(this.#times, at), this.#times, this.#events);
    for (const timed of [this.decisions, this.failures, this.traffic]) {
      const first = timed.findIndex((one) => one.at >= at);
      timed.splice(0, first === -1 ? timed.length : first);
    }
    for (const [id, track] of this.tracks) {
      cut(countUntil(track.times, at) - 1, track.times, track.states);
      cut(countUntil(track.doneTimes, at) - 1, track.doneTimes, track.done);
      if (track.times.length === 1 && track.states[0] === GONE) this.tracks.delete(id);
    }
    cut(countUntil(this.samples.times, at) - 1, ...Object.values(this.samples));
  }

  #enter(id: string, path: string, at: number): void {
    const state = path === 'terminated' ? GONE : path;
    const track = this.tracks.get(id) ?? { id, times: [], states: [], doneTimes: [], done: [] };
    this.tracks.set(id, track);
    const before = track.states.at(-1) ?? GONE;
    this.#active += Number(isActive(state)) - Number(isActive(before));
    this.#running += Number(isRunning(state)) - Number(isRunning(before));
    track.times.push(at);
    track.states.push(state);
  }

  #finish(id: string, done: number, at: number): void {
    const track = this.tracks.get(id);
    if (!track || track.done.at(-1) === done) return;
    track.doneTimes.push(at);
    track.done.push(done);
  }

  #note({ inputs }: Pick<Decision, 'inputs'>): void {
    if (!inputs) return;
    this.#messages = inputs.visible + inputs.inFlight;
    this.#cap = inputs.max;
  }

  #sample(): void {
    const { times, messages, active, running, cap } = this.samples;
    // Of many changes at one time only the last one can be seen.
    const index = times.at(-1) === this.to ? times.length - 1 : times.length;
    times[index] = this.to;
    messages[index] = this.#messages;
    active[index] = this.#active;
    running[index] = this.#running;
    cap[index] = this.#cap;
  }
}

export interface Timed<E> {
  readonly at: number;
  readonly event: E;
}

const isRunning = (state: string): boolean => state.startsWith('running');
const isActive = (state: string): boolean => isRunning(state) || state.startsWith('pending');

/** How many of the times, which are in order, are not after a time. */
export function countUntil(times: readonly number[], at: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The state that an instance is in at a time. */
export const stateAt = ({ times, states }: Track, at: number): string =>
  states[countUntil(times, at) - 1] ?? GONE;

/** The last of some happenings that is not after a time. */
export function lastUntil<E>(timed: readonly Timed<E>[], at: number): Timed<E> | undefined {
  let low = 0;
  let high = timed.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((timed[middle]?.at ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return timed[low - 1];
}

function cut(count: number, ...columns: unknown[][]): void {
  if (count > 0) for (const column of columns) column.splice(0, count);
}
