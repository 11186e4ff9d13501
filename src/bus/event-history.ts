import type { RecordedEvent } from './events.ts';
import type { FleetView } from './fleet-view.ts';

/** The fleet after the event `seq`. */
export interface FleetMoment {
  readonly seq: number;
  readonly view: FleetView;
}

/** A stretch of history that can be read by itself: the fleet before it, and what happened. */
export interface HistoryPage {
  readonly head: FleetMoment;
  readonly events: readonly RecordedEvent[];
  /** In words, why it ends before its end: a torn line, another version. */
  readonly problem?: string;
}

/** What a page begins with, in figures. */
export interface PageSummary {
  /** Number of the last event before the page. */
  readonly seq: number;
  /** When that was, in milliseconds since the Unix epoch. */
  readonly at: number;
  /** Messages that waited or were in hand, by the last decision. */
  readonly messages: number;
  /** Instances that were pending or running. */
  readonly active: number;
}

/** Everything that is still known of a fleet's past, in pages. */
export interface EventHistory {
  /** The pages, oldest first, and in words what cannot be read. */
  contents(): { readonly pages: readonly PageSummary[]; readonly problems: readonly string[] };
  /** The page that begins after event number `seq`; undefined when there is none. */
  page(seq: number): HistoryPage | undefined;
}

/** Says in figures what a page begins with. */
export function summaryOf({ seq, view }: FleetMoment): PageSummary {
  const { visible = 0, inFlight = 0 } = view.decision?.inputs ?? {};
  const active = view.instances.filter(({ state }) => /^(pending|running)/.test(state)).length;
  return { seq, at: view.at, messages: visible + inFlight, active };
}
