import type { Traffic } from './history.ts';
import type { Columns, Span, Timed } from './tracks.ts';

/** More periods than this cannot be told apart. */
const MAX_PERIODS = 700;

/** What was taken and answered in one stretch of time, in milliseconds since the Unix epoch. */
interface Period {
  readonly from: number;
  readonly to: number;
  /** Photos a second. */
  readonly arrivals: number;
  readonly p50: number | null;
  readonly p95: number | null;
}

/**
 * The traffic of a span up to the cursor's time: photos that arrive a second, which are none between
 * two periods, and the quantiles of what was answered, which are not known there.
 */
export function trafficPoints(
  traffic: readonly Timed<Traffic>[],
  { from, to }: Span,
  cursor: number,
): { arrivals: Columns; latency: Columns; mostArrivals: number; mostLatency: number } {
  const end = Math.min(to, cursor);
  const shown = traffic.filter(({ at, event }) => at > from && event.since <= end);
  const size = Math.max(1, Math.ceil(shown.length / MAX_PERIODS));
  const periods: Period[] = [];
  for (let index = 0; index < shown.length; index += size) {
    periods.push(periodOf(shown.slice(index, index + size)));
  }
  const times: number[] = [];
  const arrivals: (number | null)[] = [];
  const p50: (number | null)[] = [];
  const p95: (number | null)[] = [];
  const point = (
    at: number,
    { arrivals: rate, p50: median, p95: high }: Omit<Period, 'from' | 'to'>,
  ) => {
    times.push(at / 1000);
    arrivals.push(rate);
    p50.push(median);
    p95.push(high);
  };
  const nothing = { arrivals: 0, p50: null, p95: null };
  point(from, nothing);
  for (const period of periods) {
    const begin = Math.max(from, period.from, (times.at(-1) ?? 0) * 1000);
    point(begin, nothing);
    point(begin, period);
    point(Math.max(begin, Math.min(end, period.to)), period);
    point(Math.max(begin, Math.min(end, period.to)), nothing);
  }
  if (end > from) point(Math.max(end, (times.at(-1) ?? 0) * 1000), nothing);
  return {
    arrivals: [times, arrivals],
    latency: [times, p50, p95],
    mostArrivals: periods.reduce((most, { arrivals: rate }) => Math.max(most, rate), 0),
    mostLatency: periods.reduce((most, { p95: high }) => Math.max(most, high ?? 0), 0),
  };
}

/** Periods in a row as one: their mean rate and median, and the highest of their 95 % quantiles. */
function periodOf(timed: readonly Timed<Traffic>[]): Period {
  const first = timed[0]?.event.since ?? 0;
  const last = timed.at(-1)?.at ?? 0;
  const arrived = timed.reduce((sum, { event }) => sum + event.arrived, 0);
  const answered = timed.reduce((sum, { event }) => sum + event.answered, 0);
  const weighted = timed.reduce((sum, { event }) => sum + event.answered * (event.p50Ms ?? 0), 0);
  return {
    from: first,
    to: last,
    arrivals: (arrived * 1000) / Math.max(1, last - first),
    p50: answered === 0 ? null : weighted / answered,
    p95:
      answered === 0
        ? null
        : timed.reduce((most, { event }) => Math.max(most, event.p95Ms ?? 0), 0),
  };
}
