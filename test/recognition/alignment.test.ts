import { describe, expect, it } from 'vitest';

import { alignFace } from '../../src/recognition/alignment.ts';
import type { Point } from '../../src/recognition/bitmap.ts';
import { FACE_TEMPLATES } from '../../src/recognition/face-templates.ts';
import { applySimilarity } from '../../src/recognition/similarity.ts';
import type { Similarity } from '../../src/recognition/similarity.ts';
import { bitmapOf } from './pictures.ts';

const SIDE = 112;

/** Landmarks whose five points lie where a transform takes the ArcFace template's. */
function landmarksOf(toBitmap: Similarity): Point[] {
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = FACE_TEMPLATES.arcface.points.map(
    ({ x, y }) => applySimilarity(toBitmap, { x: x * SIDE, y: y * SIDE }),
  );
  const landmarks = Array.from({ length: 68 }, (): Point => ({ x: NaN, y: NaN }));
  const put = (at: number, count: number, point: Point | undefined): void => {
    if (point) landmarks.fill(point, at, at + count);
  };
  put(36, 6, leftEye);
  put(42, 6, rightEye);
  put(30, 1, nose);
  put(48, 1, leftMouth);
  put(54, 1, rightMouth);
  return landmarks;
}

const bitmap = bitmapOf(300, 200, (x, y) => [x / 2, y, (x + y) / 4]);
const redAt = (x: number): number => Math.floor(x / 2);

describe('aligning a face', () => {
  it('copies pixels when the face already lies as it should', () => {
    const shift = { a: 1, b: 0, tx: 60, ty: 30 };
    const face = alignFace(bitmap, landmarksOf(shift), FACE_TEMPLATES.arcface, SIDE);
    const plane = SIDE * SIDE;
    expect(face).toHaveLength(3 * plane);
    for (const [u, v] of [
      [0, 0],
      [111, 0],
      [40, 70],
      [111, 111],
    ] as const) {
      const at = v * SIDE + u;
      expect(face[at]).toBeCloseTo(redAt(u + 60), 2);
      expect(face[plane + at]).toBeCloseTo(v + 30, 2);
    }
  });

  it.each([
    ['turned', { a: Math.cos(0.6), b: Math.sin(0.6), tx: 120, ty: 20 }],
    ['enlarged', { a: 0.5, b: 0, tx: 100, ty: 60 }],
    ['shrunk', { a: 1.7, b: 0, tx: 20, ty: 5 }],
  ])('samples where the transform points when the face is %s', (_, toBitmap) => {
    const face = alignFace(bitmap, landmarksOf(toBitmap), FACE_TEMPLATES.arcface, SIDE);
    for (const [u, v] of [
      [30, 40],
      [56, 56],
      [80, 75],
    ] as const) {
      const { x, y } = applySimilarity(toBitmap, { x: u, y: v });
      const at = v * SIDE + u;
      expect(Math.abs((face[at] ?? NaN) - x / 2)).toBeLessThan(1);
      expect(face[SIDE * SIDE + at]).toBeCloseTo(y, 1);
    }
  });

  it('is black outside the bitmap', () => {
    const white = bitmapOf(50, 50, () => [255, 255, 255]);
    const half = { a: 1, b: 0, tx: -56, ty: 0 };
    const face = alignFace(white, landmarksOf(half), FACE_TEMPLATES.arcface, SIDE);
    expect(face[10 * SIDE + 10]).toBe(0);
    expect(face[10 * SIDE + 80]).toBeCloseTo(255, 3);
    expect(face[90 * SIDE + 80]).toBe(0);
  });

  it('averages what it shrinks', () => {
    const stripes = bitmapOf(1200, 1200, (x) => (x % 2 === 0 ? [0, 0, 0] : [200, 200, 200]));
    const shrink = { a: 8, b: 0, tx: 100, ty: 100 };
    const face = alignFace(stripes, landmarksOf(shrink), FACE_TEMPLATES.arcface, SIDE);
    for (let i = 0; i < 100; i++) expect(Math.abs((face[5000 + i] ?? 0) - 100)).toBeLessThan(15);
  });

  it('takes the 36 inner landmarks for dlib', () => {
    const { pick, points } = FACE_TEMPLATES.dlib;
    const numbered = Array.from({ length: 68 }, (_, i) => ({ x: i, y: 0 }));
    expect(points).toHaveLength(36);
    expect(pick(numbered).map(({ x }) => x)).toEqual(
      numbered.map(({ x }) => x).filter((x) => (x >= 27 && x <= 54) || x >= 60),
    );
  });
});
