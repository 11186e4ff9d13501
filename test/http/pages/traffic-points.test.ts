import { describe, expect, it } from 'vitest';

import type { Traffic } from '../../../src/http/pages/fleet/history.ts';
import type { Timed } from '../../../src/http/pages/fleet/tracks.ts';
import { trafficPoints } from '../../../src/http/pages/fleet/traffic-points.ts';

const second = (at: number, arrived: number, p50Ms?: number, p95Ms?: number): Timed<Traffic> => ({
  at,
  event: {
    type: 'web.traffic',
    seq: 1,
    at,
    since: at - 1000,
    arrived,
    answered: p50Ms === undefined ? 0 : arrived,
    ...(p50Ms !== undefined && { p50Ms }),
    ...(p95Ms !== undefined && { p95Ms }),
  },
});

describe('the points of the traffic', () => {
  it('are the rate of each period, and none between two', () => {
    const traffic = [second(2000, 4, 30, 90), second(5000, 2, 40, 50)];
    const { arrivals, latency, mostArrivals, mostLatency } = trafficPoints(
      traffic,
      { from: 0, to: 10_000 },
      6000,
    );
    expect(arrivals).toEqual([
      [0, 1, 1, 2, 2, 4, 4, 5, 5, 6],
      [0, 0, 4, 4, 0, 0, 2, 2, 0, 0],
    ]);
    const [, p50, p95] = latency;
    expect(p50).toEqual([null, null, 30, 30, null, null, 40, 40, null, null]);
    expect(p95).toEqual([null, null, 90, 90, null, null, 50, 50, null, null]);
    expect([mostArrivals, mostLatency]).toEqual([4, 90]);
  });

  it('know no time to the answer while nothing was answered', () => {
    const { latency } = trafficPoints([second(2000, 4)], { from: 0, to: 3000 }, 3000);
    expect(
      latency
        .slice(1)
        .flat()
        .filter((value) => value !== null),
    ).toEqual([]);
  });

  it('end at the moment that is looked at', () => {
    const { arrivals } = trafficPoints(
      [second(2000, 4), second(9000, 1)],
      { from: 0, to: 9000 },
      1500,
    );
    expect(arrivals[0].at(-1)).toBe(1.5);
    expect(arrivals[1]).not.toContain(1);
  });

  it('are few enough to draw, in order, and keep what was highest', () => {
    const traffic = Array.from({ length: 20_000 }, (_, index) =>
      second((index + 1) * 1000, 3, 20, index === 12_345 ? 7000 : 30),
    );
    const span = { from: 0, to: 20_000_000 };
    const { arrivals, mostArrivals, mostLatency } = trafficPoints(traffic, span, span.to);
    expect(arrivals[0].length).toBeLessThan(3000);
    expect(arrivals[0]).toEqual(arrivals[0].toSorted((a, b) => a - b));
    expect(mostArrivals).toBeCloseTo(3);
    expect(mostLatency).toBe(7000);
  });
});
