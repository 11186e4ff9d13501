import { describe, expect, it } from 'vitest';

import type { FleetEvent, History, Page } from '../../../src/http/pages/fleet/history.ts';
import { Timeline } from '../../../src/http/pages/fleet/timeline.ts';

const SECOND = 1000;

const ready = (seq: number): FleetEvent => ({ type: 'worker.ready', seq, at: seq * SECOND });

/** Pages of ten events, one a second. */
const page = (index: number): Page => ({
  head: {
    seq: index * 10,
    view: { at: index * 10 * SECOND, instances: [], decision: null },
  },
  events: Array.from({ length: 10 }, (_, offset) => ready(index * 10 + offset + 1)),
});

const PAGES = 6;

const history: History = {
  summaries: Array.from({ length: PAGES }, (_, index) => ({
    seq: index * 10,
    at: index * 10 * SECOND,
    messages: 0,
    active: 0,
  })),
  end: PAGES * 10 * SECOND,
  problems: [],
  kind: 'live',
  page: async (index) => page(index),
};

const numbers = (timeline: Timeline): number[] => timeline.tracks.after(0).map(({ seq }) => seq);

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('the timeline of a history', () => {
  it('unfolds the pages that a span of time touches', async () => {
    const timeline = await Timeline.open(history, { from: 25 * SECOND, to: 45 * SECOND });
    expect(numbers(timeline)).toEqual(range(21, 50));
    expect(timeline.isAtEnd).toBe(false);
    expect([10, 30, 49, 55].map((second) => timeline.knows(second * SECOND))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('keeps what came in live when it unfolds older pages', async () => {
    const timeline = await Timeline.open(history, { from: 55 * SECOND, to: 60 * SECOND });
    for (const seq of range(61, 75)) timeline.tracks.append(ready(seq));
    await timeline.load({ from: 15 * SECOND, to: 75 * SECOND });
    expect(numbers(timeline)).toEqual(range(11, 75));
  });

  it('forgets the oldest events when there are too many, and says so', async () => {
    const timeline = await Timeline.open(history, { from: 0, to: 60 * SECOND });
    for (const seq of range(61, 60_000)) timeline.tracks.append(ready(seq));
    timeline.trim();
    expect(timeline.tracks.size).toBeLessThanOrEqual(45_001);
    expect(timeline.knows(70 * SECOND)).toBe(false);
    expect(timeline.hasForgotten(70 * SECOND)).toBe(true);
    expect(timeline.knows(59_999 * SECOND)).toBe(true);
    await timeline.load({ from: 0, to: 60_000 * SECOND });
    expect(numbers(timeline).at(-1)).toBe(60_000);
  });
});
