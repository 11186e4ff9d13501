import type { Bitmap } from './bitmap.ts';

/**
 * The bitmap as planar RGB of `width` × `height` (3 · width · height bytes). Where that is smaller,
 * each value is the mean of 2 × 2 pixels spread evenly over its area; more of them do not help
 * detection, because a preview is shrunk by 4 at most.
 */
export function toPlanarRgb(bitmap: Bitmap, width: number, height: number): Uint8Array {
  const isSmaller = width < bitmap.width || height < bitmap.height;
  return isSmaller ? shrunk(bitmap, width, height) : deinterleaved(bitmap);
}

function deinterleaved({ data, width, height }: Bitmap): Uint8Array {
  const plane = width * height;
  const planar = new Uint8Array(3 * plane);
  for (let i = 0; i < plane; i++) {
    planar[i] = data[4 * i] as number;
    planar[plane + i] = data[4 * i + 1] as number;
    planar[2 * plane + i] = data[4 * i + 2] as number;
  }
  return planar;
}

function shrunk(bitmap: Bitmap, width: number, height: number): Uint8Array {
  const { data } = bitmap;
  const plane = width * height;
  const planar = new Uint8Array(3 * plane);
  const [lefts, rights] = samplePositions(bitmap.width, width);
  const [tops, bottoms] = samplePositions(bitmap.height, height);
  for (let y = 0, at = 0; y < height; y++) {
    const top = (tops[y] as number) * bitmap.width;
    const bottom = (bottoms[y] as number) * bitmap.width;
    for (let x = 0; x < width; x++, at++) {
      const left = lefts[x] as number;
      const right = rights[x] as number;
      const one = (top + left) * 4;
      const two = (top + right) * 4;
      const three = (bottom + left) * 4;
      const four = (bottom + right) * 4;
      for (let channel = 0; channel < 3; channel++) {
        const sum =
          (data[one + channel] as number) +
          (data[two + channel] as number) +
          (data[three + channel] as number) +
          (data[four + channel] as number);
        planar[channel * plane + at] = (sum + 2) >> 2;
      }
    }
  }
  return planar;
}

/** For each of `count` equal stretches of `length` pixels, those at a quarter and at three. */
function samplePositions(length: number, count: number): readonly [Int32Array, Int32Array] {
  const at = (share: number): Int32Array =>
    Int32Array.from({ length: count }, (_, i) => Math.floor(((i + share) * length) / count));
  return [at(0.25), at(0.75)];
}
