import type { Box } from './bitmap.ts';
import type { ScoredBox } from './nms.ts';

/**
 * UltraFace's feature maps, an SSD's, in the order of its outputs: a cell every `stride` pixels of
 * the input, and in each cell square priors of these sizes.
 */
const FEATURE_MAPS = [
  { stride: 8, sizes: [10, 16, 24] },
  { stride: 16, sizes: [32, 48] },
  { stride: 32, sizes: [64, 96] },
  { stride: 64, sizes: [128, 192, 256] },
] as const;

/** Narrower boxes than the smallest prior are more often texture than faces. */
const MIN_WIDTH = 10;

/** How the offsets are scaled (SSD's "variances"). */
const CENTRE_VARIANCE = 0.1;
const SIZE_VARIANCE = 0.2;

/**
 * The boxes with at least `minScore` confidence, in pixels of the input of `width` × `height`.
 * `logits` holds (no face, face) for each prior: maps from fine to coarse, cells by rows, sizes
 * upwards. `offsets` holds (x, y, width, height) for each, relative to the prior.
 */
export function decodeBoxes(
  { width, height }: { readonly width: number; readonly height: number },
  logits: Float32Array,
  offsets: Float32Array,
  minScore: number,
): ScoredBox[] {
  const minMargin = Math.log(minScore / (1 - minScore));
  const boxes: ScoredBox[] = [];
  let prior = 0;
  for (const { stride, sizes } of FEATURE_MAPS) {
    for (let y = 0.5; y < Math.ceil(height / stride); y++) {
      for (let x = 0.5; x < Math.ceil(width / stride); x++) {
        for (const size of sizes) {
          const margin = (logits[2 * prior + 1] as number) - (logits[2 * prior] as number);
          if (margin >= minMargin) {
            const box = decodeBox(x * stride, y * stride, size, offsets.subarray(4 * prior));
            if (box.width >= MIN_WIDTH) boxes.push({ box, score: 1 / (1 + Math.exp(-margin)) });
          }
          prior++;
        }
      }
    }
  }
  return boxes;
}

function decodeBox(priorX: number, priorY: number, size: number, offsets: Float32Array): Box {
  const [dx = 0, dy = 0, dw = 0, dh = 0] = offsets;
  const width = size * Math.exp(SIZE_VARIANCE * dw);
  const height = size * Math.exp(SIZE_VARIANCE * dh);
  return {
    x: priorX + CENTRE_VARIANCE * dx * size - width / 2,
    y: priorY + CENTRE_VARIANCE * dy * size - height / 2,
    width,
    height,
  };
}
