import { type Columns, countUntil, type Samples, type Span } from './tracks.ts';

/** More points than this cannot be told apart. */
const MAX_POINTS = 1500;

/** The figures of a span up to the cursor's time: messages, active, running, cap, and their highest. */
export function pointsOf(
  samples: Samples,
  { from, to }: Span,
  cursor: number,
): { columns: Columns; highest: number } {
  const first = Math.max(0, countUntil(samples.times, from) - 1);
  const end = Math.min(samples.times.length, countUntil(samples.times, Math.min(to, cursor)));
  const step = Math.max(1, Math.ceil((end - first) / MAX_POINTS));
  const picked: number[] = [];
  for (let index = first; index < end; index += step) picked.push(index);
  if (picked.at(-1) !== end - 1 && end > first) picked.push(end - 1);
  const column = (values: readonly number[]): (number | null)[] => {
    const points = picked.map((index) => values[index] ?? null);
    return points.length > 0 ? [...points, points.at(-1) ?? null] : [];
  };
  const times = picked.map((index) => Math.max(from, samples.times[index] ?? 0) / 1000);
  // What was true last is true until now.
  if (times.length > 0) times.push(Math.min(cursor, to) / 1000);
  return {
    columns: [
      times,
      column(samples.messages),
      column(samples.active),
      column(samples.running),
      column(samples.cap).map((cap) => (Number.isNaN(cap) ? null : cap)),
    ],
    highest: picked.reduce((most, index) => Math.max(most, highestOf(samples, index)), 0),
  };
}

const highestOf = ({ messages, active, cap }: Samples, index: number): number =>
  Math.max(messages[index] ?? 0, active[index] ?? 0, cap[index] || 0);
