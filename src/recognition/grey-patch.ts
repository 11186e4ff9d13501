import type { Bitmap, Point } from './bitmap.ts';

/** A square of grey values, 0 to 1, cut from a bitmap. */
export interface GreyPatch {
  readonly values: Float32Array;
  /** Values per side. */
  readonly side: number;
  /** From pixels of the patch to pixels of the bitmap; pixel centres are whole numbers in both. */
  readonly toBitmap: (point: Point) => Point;
}

/** For each output, the consecutive inputs that it is made of and their shares. */
interface Taps {
  /** The first input of the first output; it may lie outside the bitmap. */
  readonly start: number;
  /** Inputs that are needed in all. */
  readonly length: number;
  /** The first input of each output, counted from `start`. */
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

  const luma = lumaOf(bitmap, across, down);
  const narrow = resampleRows(luma, across);
  const values = resampleColumns(narrow, side, down);
  const toBitmap = ({ x, y }: Point): Point => ({
    x: centre.x - half + (x + 0.5) * pitch - 0.5,
    y: centre.y - half + (y + 0.5) * pitch - 0.5,
  });
  return { values, side, toBitmap };
}

/** The grey values that the taps reach, by rows. */
function lumaOf({ data, width, height }: Bitmap, across: Taps, down: Taps): Float32Array {
  const columns = Int32Array.from({ length: across.length }, (_, i) =>
    clamp(across.start + i, width - 1),
  );
  const luma = new Float32Array(across.length * down.length);
  let at = 0;
  for (let j = 0; j < down.length; j++) {
    const row = clamp(down.start + j, height - 1) * width;
    for (let i = 0; i < columns.length; i++) {
      const pixel = (row + (columns[i] as number)) * 4;
      const red = data[pixel] as number;
      const green = data[pixel + 1] as number;
      const blue = data[pixel + 2] as number;
      luma[at++] = (0.299 * red + 0.587 * green + 0.114 * blue) / 256;
    }
  }
  return luma;
}

function resampleRows(input: Float32Array, taps: Taps): Float32Array {
  const { first, perOutput, weights, length } = taps;
  const count = first.length;
  const output = new Float32Array((input.length / length) * count);
  let at = 0;
  for (let row = 0; row < input.length; row += length) {
    for (let i = 0; i < count; i++) {
      const from = row + (first[i] as number);
      let sum = 0;
      for (let tap = 0; tap < perOutput; tap++) {
        sum += (weights[i * perOutput + tap] as number) * (input[from + tap] as number);
      }
      output[at++] = sum;
    }
  }
  return output;
}

function resampleColumns(input: Float32Array, width: number, taps: Taps): Float32Array {
  const { first, perOutput, weights } = taps;
  const output = new Float32Array(first.length * width);
  let at = 0;
  for (let j = 0; j < first.length; j++) {
    for (let i = 0; i < width; i++) {
      let from = (first[j] as number) * width + i;
      let sum = 0;
      for (let tap = 0; tap < perOutput; tap++, from += width) {
        sum += (weights[j * perOutput + tap] as number) * (input[from] as number);
      }
      output[at++] = sum;
    }
  }
  return output;
}

/** Taps for `count` outputs, each `pitch` inputs wide, the first of them beginning at `low`. */
function tapsAlong(low: number, pitch: number, count: number): Taps {
  const reach = Math.max(pitch, 1);
  const firstEdge = low + (pitch - reach) / 2;
  const start = Math.floor(firstEdge);
  const perOutput = Math.ceil(reach) + 1;
  const first = new Int32Array(count);
  const weights = new Float32Array(count * perOutput);
  for (let i = 0; i < count; i++) {
    const edge = firstEdge + i * pitch;
    const input = Math.floor(edge);
    first[i] = input - start;
    for (let tap = 0; tap < perOutput; tap++) {
      const overlap = Math.min(edge + reach, input + tap + 1) - Math.max(edge, input + tap);
      weights[i * perOutput + tap] = Math.max(0, overlap) / reach;
    }
  }
  return { start, length: (first[count - 1] as number) + perOutput, first, perOutput, weights };
}

const clamp = (value: number, last: number): number => Math.min(Math.max(value, 0), last);
