import type { Bitmap, Point } from './bitmap.ts';

/** A square of grey values, 0 to 1, cut from a bitmap. */
export interface GreyPatch {
  readonly values: Float32Array;
  /** Values per side. */
  readonly side: number;
  /** From pixels of the patch to pixels of the bitmap; pixel centres are whole numbers in both. */
  readonly toBitmap: (point: Point) => Point;
}

/** For each output value, the consecutive inputs that it is made of and their shares. */
interface Taps {
  readonly first: Int32Array;
  readonly perOutput: number;
  readonly weights: Float32Array;
}

/**
 * Cuts a square of `side` × `side` values, `pitch` pixels apart, around `centre`: the mean of the
 * area of each when shrinking, bilinear when enlarging. Outside the bitmap its edge goes on.
 * Grey is ITU-R BT.601 luma; the landmark model was trained on it divided by 256.
 */
export function cutGreyPatch(
  bitmap: Bitmap,
  centre: Point,
  pitch: number,
  side: number,
): GreyPatch {
  const half = (side * pitch) / 2;
  const across = tapsAlong(centre.x - half, pitch, side);
  const down = tapsAlong(centre.y - half, pitch, side);
  const firstRow = clamp(down.first[0] as number, bitmap.height - 1);
  const lastRow = clamp((down.first[side - 1] as number) + down.perOutput - 1, bitmap.height - 1);

  const rows: Float32Array[] = [];
  for (let y = firstRow; y <= lastRow; y++) rows.push(greyRow(bitmap, y, across));

  const values = new Float32Array(side * side);
  for (let j = 0; j < side; j++) {
    for (let tap = 0; tap < down.perOutput; tap++) {
      const weight = down.weights[j * down.perOutput + tap] as number;
      const y = clamp((down.first[j] as number) + tap, bitmap.height - 1);
      const row = rows[y - firstRow] as Float32Array;
      for (let i = 0; i < side; i++) {
        values[j * side + i] = (values[j * side + i] as number) + weight * (row[i] as number);
      }
    }
  }
  const toBitmap = ({ x, y }: Point): Point => ({
    x: centre.x - half + (x + 0.5) * pitch - 0.5,
    y: centre.y - half + (y + 0.5) * pitch - 0.5,
  });
  return { values, side, toBitmap };
}

/** One row of the bitmap in grey, resampled. */
function greyRow({ data, width }: Bitmap, y: number, taps: Taps): Float32Array {
  const { first, perOutput, weights } = taps;
  const row = new Float32Array(first.length);
  const start = y * width;
  for (let i = 0; i < row.length; i++) {
    let sum = 0;
    for (let tap = 0; tap < perOutput; tap++) {
      const pixel = (start + clamp((first[i] as number) + tap, width - 1)) * 4;
      const luma =
        0.299 * (data[pixel] as number) +
        0.587 * (data[pixel + 1] as number) +
        0.114 * (data[pixel + 2] as number);
      sum += (weights[i * perOutput + tap] as number) * luma;
    }
    row[i] = sum / 256;
  }
  return row;
}

/** Taps for `count` outputs, each `pitch` inputs wide, the first of them beginning at `start`. */
function tapsAlong(start: number, pitch: number, count: number): Taps {
  const perOutput = pitch > 1 ? Math.ceil(pitch) + 1 : 2;
  const first = new Int32Array(count);
  const weights = new Float32Array(count * perOutput);
  for (let i = 0; i < count; i++) {
    const low = pitch > 1 ? start + i * pitch : start + (i + 0.5) * pitch - 0.5;
    const high = low + Math.max(pitch, 1);
    first[i] = Math.floor(low);
    for (let tap = 0; tap < perOutput; tap++) {
      const input = Math.floor(low) + tap;
      const overlap = Math.min(high, input + 1) - Math.max(low, input);
      weights[i * perOutput + tap] = Math.max(0, overlap) / (high - low);
    }
  }
  return { first, perOutput, weights };
}

const clamp = (value: number, last: number): number => Math.min(Math.max(value, 0), last);
