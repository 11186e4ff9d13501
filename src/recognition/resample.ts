import type { Bitmap } from './bitmap.ts';

/** More samples per axis do not help detection: previews are shrunk by 4 at most. */
const MAX_SAMPLES = 2;

/**
 * The bitmap as planar RGB of `width` × `height` (3 · width · height bytes). Where that is smaller,
 * each value is the mean of 2 × 2 pixels spread evenly over its area.
 */
export function toPlanarRgb(bitmap: Bitmap, width: number, height: number): Uint8Array {
  const columns = samplePositions(bitmap.width, width).map((x) => x * 4);
  const rows = samplePositions(bitmap.height, height).map((y) => y * bitmap.width * 4);
  const perColumn = columns.length / width;
  const perRow = rows.length / height;
  const samples = perColumn * perRow;
  const plane = width * height;
  const { data } = bitmap;
  const out = new Uint8Array(3 * plane);
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let j = y * perRow; j < (y + 1) * perRow; j++) {
        const row = rows[j] as number;
        for (let i = x * perColumn; i < (x + 1) * perColumn; i++) {
          const pixel = row + (columns[i] as number);
          red += data[pixel] as number;
          green += data[pixel + 1] as number;
          blue += data[pixel + 2] as number;
        }
      }
      out[at] = red / samples + 0.5;
      out[plane + at] = green / samples + 0.5;
      out[2 * plane + at] = blue / samples + 0.5;
    }
  }
  return out;
}

/** For each of `count` equal stretches of `length` pixels, one pixel of it, or two when it has them. */
function samplePositions(length: number, count: number): Int32Array {
  const perStretch = Math.min(Math.max(1, Math.round(length / count)), MAX_SAMPLES);
  const step = length / (count * perStretch);
  return Int32Array.from({ length: count * perStretch }, (_, i) => Math.floor((i + 0.5) * step));
}
