import type { Bitmap, Box } from './bitmap.ts';
import { cutGreyPatch } from './grey-patch.ts';

/** Pixels per side that a face is looked at in: an embedder's input. */
const SIDE = 112;

/**
 * How sharp a face is: the variance of the Laplacian of its grey values of 0 to 1 (Pech-Pacheco et
 * al. 2000, "Diatom autofocusing in brightfield microscopy"), at the size in which embedders see it
 * and relative to the variance of the values themselves, so that a dark or pale face is not taken for
 * a blurred one.
 * @param box - the face in pixels of the bitmap
 */
export function sharpnessOf(bitmap: Bitmap, { x, y, width, height }: Box): number {
  const centre = { x: x + width / 2, y: y + height / 2 };
  const { values } = cutGreyPatch(bitmap, centre, Math.max(width, height) / SIDE, SIDE);
  const edges: number[] = [];
  for (let row = 1; row < SIDE - 1; row++) {
    for (let column = 1; column < SIDE - 1; column++) {
      const at = row * SIDE + column;
      const of = (index: number): number => values[index] as number;
      edges.push(of(at - SIDE) + of(at + SIDE) + of(at - 1) + of(at + 1) - 4 * of(at));
    }
  }
  const contrast = varianceOf(values);
  return contrast === 0 ? 0 : varianceOf(edges) / contrast;
}

function varianceOf(values: ArrayLike<number>): number {
  const { length } = values;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < length; i++) {
    const value = values[i] as number;
    sum += value;
    squares += value * value;
  }
  return squares / length - (sum / length) ** 2;
}
