import { describe, expect, it } from 'vitest';

import { cutGreyPatch } from '../../src/recognition/grey-patch.ts';
import { toPlanarRgb } from '../../src/recognition/resample.ts';
import { bitmapOf } from './pictures.ts';

/** A picture that grows brighter to the right and greener downwards, evenly. */
const ramp = bitmapOf(64, 48, (x, y) => [x * 2, y * 3, 7]);

/** The ramp's grey at any place, as the landmark model wants it. */
const rampAt = (x: number, y: number): number => (0.299 * x * 2 + 0.587 * y * 3 + 0.114 * 7) / 256;

describe('planar RGB', () => {
  it('is the picture itself when nothing shrinks', () => {
    const planar = toPlanarRgb(ramp, 64, 48);
    const plane = 64 * 48;
    expect(planar).toHaveLength(3 * plane);
    for (const [x, y] of [
      [0, 0],
      [63, 0],
      [10, 20],
      [63, 47],
    ] as const) {
      const at = y * 64 + x;
      expect([planar[at], planar[plane + at], planar[2 * plane + at]]).toEqual([x * 2, y * 3, 7]);
    }
  });

  it('is the mean of each area when it shrinks by two', () => {
    const planar = toPlanarRgb(ramp, 32, 24);
    const plane = 32 * 24;
    for (const [x, y] of [
      [0, 0],
      [31, 0],
      [5, 10],
      [31, 23],
    ] as const) {
      const at = y * 32 + x;
      expect(planar[at]).toBe(4 * x + 1);
      expect(planar[plane + at]).toBe(Math.floor(6 * y + 1.5 + 0.5));
      expect(planar[2 * plane + at]).toBe(7);
    }
  });

  it('stays near the mean when it shrinks by any other factor', () => {
    const planar = toPlanarRgb(ramp, 19, 13);
    for (let x = 0; x < 19; x++) {
      const mean = (((x + 0.5) * 64) / 19 - 0.5) * 2;
      expect(Math.abs((planar[x] ?? NaN) - mean)).toBeLessThanOrEqual(2);
    }
  });
});

describe('a grey patch', () => {
  it.each([
    ['as fine as the bitmap', 1],
    ['coarser', 2.3],
    ['finer', 0.4],
  ])('follows an even ramp when it is %s', (_, pitch) => {
    const side = 10;
    const centre = { x: 30.2, y: 22.7 };
    const patch = cutGreyPatch(ramp, centre, pitch, side);
    for (const [i, j] of [
      [0, 0],
      [9, 0],
      [4, 7],
      [9, 9],
    ] as const) {
      const { x, y } = patch.toBitmap({ x: i, y: j });
      expect(x).toBeCloseTo(centre.x + (i + 0.5 - side / 2) * pitch - 0.5, 10);
      expect(patch.values[j * side + i]).toBeCloseTo(rampAt(x, y), 3);
    }
  });

  it('goes on with the edge outside the bitmap', () => {
    const patch = cutGreyPatch(ramp, { x: 0, y: 0 }, 1, 8);
    expect(patch.values[0]).toBeCloseTo(rampAt(0, 0), 6);
    expect(patch.values[8 * 3 + 3]).toBeCloseTo(rampAt(0, 0), 6);
    const farAway = cutGreyPatch(ramp, { x: 1000, y: 1000 }, 3, 4);
    for (const value of farAway.values) expect(value).toBeCloseTo(rampAt(63, 47), 6);
  });
});
