import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { intersectionOverUnion, suppressOverlaps } from '../../src/recognition/nms.ts';

const side = fc.double({ min: 1, max: 100, noNaN: true });
const box = fc.record({ x: side, y: side, width: side, height: side });
const candidates = fc.array(fc.record({ box, score: fc.double({ min: 0, max: 1, noNaN: true }) }));
const maxOverlap = fc.double({ min: 0.1, max: 0.9, noNaN: true });

describe('intersection over union', () => {
  const square = { x: 0, y: 0, width: 10, height: 10 };

  it.each([
    ['the same box', square, 1],
    ['a box beside it', { ...square, x: 10 }, 0],
    ['a box far away', { ...square, y: 1000 }, 0],
    ['half of it', { ...square, width: 5 }, 0.5],
    ['a quarter overlap at a corner', { ...square, x: 5, y: 5 }, 25 / 175],
    ['a box within', { x: 4, y: 4, width: 2, height: 2 }, 0.04],
  ])('with %s', (_, other, expected) => {
    expect(intersectionOverUnion(square, other)).toBeCloseTo(expected, 12);
    expect(intersectionOverUnion(other, square)).toBeCloseTo(expected, 12);
  });
});

describe('non-maximum suppression', () => {
  it('keeps boxes that overlap little, the best first', () => {
    fc.assert(
      fc.property(candidates, maxOverlap, (given, limit) => {
        const kept = suppressOverlaps(given, limit);
        for (const [i, one] of kept.entries()) {
          for (const other of kept.slice(i + 1)) {
            expect(one.score).toBeGreaterThanOrEqual(other.score);
            expect(intersectionOverUnion(one.box, other.box)).toBeLessThanOrEqual(limit);
          }
        }
      }),
    );
  });

  it('drops a box only for a better one that it overlaps', () => {
    fc.assert(
      fc.property(candidates, maxOverlap, (given, limit) => {
        const kept = suppressOverlaps(given, limit);
        for (const dropped of given.filter((candidate) => !kept.includes(candidate))) {
          const rivals = kept.filter(
            ({ box, score }) =>
              score >= dropped.score && intersectionOverUnion(box, dropped.box) > limit,
          );
          expect(rivals).not.toEqual([]);
        }
      }),
    );
  });
});
