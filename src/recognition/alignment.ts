import type { Bitmap, Point } from './bitmap.ts';
import type { FaceTemplate } from './face-templates.ts';
import { fitSimilarity, invertSimilarity } from './similarity.ts';
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
 * What `toBitmap` finds for each pixel: one bilinear sample, or the mean of several where the bitmap
 * is shrunk; black outside the bitmap.
 */
function warp(bitmap: Bitmap, { a, b, tx, ty }: Similarity, side: number): Float32Array {
  const shrink = Math.hypot(a, b);
  const perAxis = shrink > MAX_PLAIN_SHRINK ? Math.ceil(shrink) : 1;
  const weight = 1 / (perAxis * perAxis);
  const planar = new Float32Array(3 * side * side);
  for (let v = 0, at = 0; v < side; v++) {
    for (let u = 0; u < side; u++, at++) {
      for (let j = 0; j < perAxis; j++) {
        const y = v + (j + 0.5) / perAxis - 0.5;
        for (let i = 0; i < perAxis; i++) {
          const x = u + (i + 0.5) / perAxis - 0.5;
          addSample(bitmap, a * x - b * y + tx, b * x + a * y + ty, weight, planar, at);
        }
      }
    }
  }
  return planar;
}

/** Adds the bilinear mix of the four pixels around (x, y), weighted, to the three planes. */
function addSample(
  { data, width, height }: Bitmap,
  x: number,
  y: number,
  weight: number,
  planar: Float32Array,
  at: number,
): void {
  if (x < 0 || y < 0 || x > width - 1 || y > height - 1) return;
  const left = Math.floor(x);
  const top = Math.floor(y);
  const right = x - left;
  const below = weight * (y - top);
  const above = weight - below;
  const p00 = (top * width + left) * 4;
  const p10 = left < width - 1 ? p00 + 4 : p00;
  const down = top < height - 1 ? 4 * width : 0;
  const plane = planar.length / 3;
  for (let c = 0; c < 3; c++) {
    const upper = (1 - right) * (data[p00 + c] as number) + right * (data[p10 + c] as number);
    const lower =
      (1 - right) * (data[p00 + down + c] as number) + right * (data[p10 + down + c] as number);
    planar[c * plane + at] = (planar[c * plane + at] as number) + above * upper + below * lower;
  }
}
