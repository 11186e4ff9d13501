import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Point } from '../../src/recognition/bitmap.ts';
import {
  applySimilarity,
  centroid,
  fitSimilarity,
  invertSimilarity,
} from '../../src/recognition/similarity.ts';
import type { Similarity } from '../../src/recognition/similarity.ts';

const coordinate = fc.double({ min: -500, max: 500, noNaN: true });
const point = fc.record({ x: coordinate, y: coordinate });
const points = fc
  .array(point, { minLength: 2, maxLength: 20 })
  .filter((list) => spreadOf(list) > 1);
const similarity = fc
  .record({
    scale: fc.double({ min: 0.05, max: 20, noNaN: true }),
    angle: fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
    tx: coordinate,
    ty: coordinate,
  })
  .map(({ scale, angle, tx, ty }): Similarity => ({
    a: scale * Math.cos(angle),
    b: scale * Math.sin(angle),
    tx,
    ty,
  }));

function spreadOf(list: readonly Point[]): number {
  const { x, y } = centroid(list);
  return Math.max(...list.map((p) => Math.hypot(p.x - x, p.y - y)));
}

const squaredError = (by: Similarity, from: readonly Point[], to: readonly Point[]): number =>
  from.reduce((sum, p, i) => {
    const { x, y } = applySimilarity(by, p);
    return sum + (x - (to[i]?.x ?? NaN)) ** 2 + (y - (to[i]?.y ?? NaN)) ** 2;
  }, 0);

describe('fitting a similarity', () => {
  it('turns, scales and shifts as the closed form says', () => {
    const square = [
      { x: 0, y: 0 },
      { x: 1, y: 0 },
      { x: 1, y: 1 },
      { x: 0, y: 1 },
    ];
    const turnedBy90AndDoubled = square.map(({ x, y }) => ({ x: 10 - 2 * y, y: 20 + 2 * x }));
    const { a, b, tx, ty } = fitSimilarity(square, turnedBy90AndDoubled);
    expect(a).toBeCloseTo(0, 12);
    expect(b).toBeCloseTo(2, 12);
    expect([tx, ty]).toEqual([10, 20]);
  });

  it('finds the very transform that the points went through', () => {
    fc.assert(
      fc.property(points, similarity, (from, truth) => {
        const found = fitSimilarity(
          from,
          from.map((p) => applySimilarity(truth, p)),
        );
        expect(found.a).toBeCloseTo(truth.a, 5);
        expect(found.b).toBeCloseTo(truth.b, 5);
        expect(found.tx).toBeCloseTo(truth.tx, 3);
        expect(found.ty).toBeCloseTo(truth.ty, 3);
      }),
    );
  });

  it('leaves less squared error than any other transform near it', () => {
    const nudge = fc.double({ min: -0.1, max: 0.1, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(point, point), { minLength: 2, maxLength: 20 }),
        fc.tuple(nudge, nudge, nudge, nudge),
        (pairs, [da, db, dx, dy]) => {
          const from = pairs.map(([p]) => p);
          const to = pairs.map(([, q]) => q);
          fc.pre(spreadOf(from) > 1);
          const best = fitSimilarity(from, to);
          const other = { a: best.a + da, b: best.b + db, tx: best.tx + dx, ty: best.ty + dy };
          const error = squaredError(best, from, to);
          expect(squaredError(other, from, to)).toBeGreaterThanOrEqual(error * (1 - 1e-9) - 1e-6);
        },
      ),
    );
  });

  it('never mirrors', () => {
    const triangle = [
      { x: 0, y: 0 },
      { x: 3, y: 0 },
      { x: 0, y: 1 },
    ];
    const mirrored = triangle.map(({ x, y }) => ({ x: -x, y }));
    expect(squaredError(fitSimilarity(triangle, mirrored), triangle, mirrored)).toBeGreaterThan(1);
  });
});

describe('inverting a similarity', () => {
  it('brings every point back', () => {
    fc.assert(
      fc.property(similarity, point, (forth, p) => {
        const back = applySimilarity(invertSimilarity(forth), applySimilarity(forth, p));
        expect(back.x).toBeCloseTo(p.x, 5);
        expect(back.y).toBeCloseTo(p.y, 5);
      }),
    );
  });
});
