import type { Bitmap, Point } from './bitmap.ts';
import type { FaceTemplate } from './face-templates.ts';
import { fitSimilarity, invertSimilarity, scaleOf } from './similarity.ts';
import type { Similarity } from './similarity.ts';

/** Shrinking by less needs no averaging: bilinear samples are near enough to each other. */
const MAX_PLAIN_SHRINK = 1.6;

/**
 * The face as planar RGB, 0 to 255, of `side` × `side`, turned, scaled and shifted so that its landmarks lie as near to the template's points as a similarity can bring them.
 */
export function alignFace(
  bitmap: Bitmap,
  landmarks: readonly Point[],
  template: FaceTemplate,
  side: number,
): Float32Array {
  const points = template.points.map(({ x, y }) => ({ x: x * side, y: y * side }));
  const toInput = fitSimilarity(template.pick(landmarks), points);
  return warp(bitmap, invertSimilarity(toInput), side);
}

/**
 * What `toBitmap` finds for each pixel: one bilinear sample, or the mean of
 * several where the bitmap is shrunk; black outside the bitmap.
 */
function warp(bitmap: Bitmap, toBitmap: Similarity, side: number): Float32Array {
  const shrink = scaleOf(toBitmap);
  const samples = shrink > MAX_PLAIN_SHRINK ? Math.ceil(shrink) : 1;
  const plane = side * side;
  const weight = 1 / (samples * samples);
  const { a, b, tx, ty } = toBitmap;
  const out = new Float32Array(3 * plane);
  for (let v = 0; v < side; v++) {
    for (let u = 0; u < side; u++) {
      const at = v * side + u;
      for (let j = 0; j < samples; j++) {
        const y = v + (j + 0.5) / samples - 0.5;
        for (let i = 0; i < samples; i++) {
          const x = u + (i + 0.5) / samples - 0.5;
          addSample(bitmap, a * x - b * y + tx, b * x + a * y + ty, weight, out, at, plane);
        }
      }
    }
  }
  return out;
}

/** Adds the weighted colour at (x, y), a bilinear mix of four pixels, to the three planes. */
function addSample(
  { data, width, height }: Bitmap,
  x: number,
  y: number,
  weight: number,
  out: Float32Array,
  at: number,
  plane: number,
): void {
  const left = Math.floor(x);
  const top = Math.floor(y);
  if (left < -1 || top < -1 || left >= width || top >= height) return;
  const right = x - left;
  const below = y - top;
  for (let dy = 0; dy < 2; dy++) {
    const row = top + dy;
    if (row < 0 || row >= height) continue;
    const rowWeight = weight * (dy === 0 ? 1 - below : below);
    for (let dx = 0; dx < 2; dx++) {
      const column = left + dx;
      if (column < 0 || column >= width) continue;
      const share = rowWeight * (dx === 0 ? 1 - right : right);
      const pixel = (row * width + column) * 4;
      out[at] = (out[at] as number) + share * (data[pixel] as number);
      out[at + plane] = (out[at + plane] as number) + share * (data[pixel + 1] as number);
      out[at + 2 * plane] = (out[at + 2 * plane] as number) + share * (data[pixel + 2] as number);
    }
  }
}
