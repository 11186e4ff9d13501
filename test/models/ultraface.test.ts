import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { planar } from './plain-layers.ts';
import type { Image } from './plain-layers.ts';
import { relativeError, runOnnx } from './run-onnx.ts';
import { modelsFolder, photo, sourceOf } from './sources.ts';

const [HEIGHT, WIDTH] = [240, 320];

let built: Uint8Array;
let pixels: Image;
beforeAll(async () => {
  built = await readFile(join(modelsFolder, 'ultraface.onnx'));
  pixels = await photo(HEIGHT, WIDTH);
});

describe('UltraFace', () => {
  it('gives, from bytes, what the published file gives from normalised pixels', async () => {
    const [file = new Uint8Array()] = await sourceOf('ultraface');
    const normalised = planar(pixels).map((value) => (value - 127) / 128);
    const published = await runOnnx(file, normalised, [1, 3, HEIGHT, WIDTH]);
    const bytes = Uint8Array.from(planar(pixels));
    const ours = await runOnnx(built, bytes, [1, 3, HEIGHT, WIDTH]);

    const probabilities = softmaxOfPairs(ours['scores'] ?? new Float32Array());
    expect(relativeError(probabilities, published['scores'] ?? [])).toBeLessThan(1e-5);
    const corners = decode(ours['locations'] ?? new Float32Array());
    expect(relativeError(corners, published['boxes'] ?? [])).toBeLessThan(1e-5);
    expect(Math.max(...probabilities.filter((_, i) => i % 2 === 1))).toBeGreaterThan(0.9);
  });

  it('takes a batch, and photos of other sizes', async () => {
    const [height, width] = [77, 113];
    const small = Uint8Array.from(planar(await photo(height, width)));
    const mirrored = small.toReversed();
    const both = await runOnnx(built, Uint8Array.of(...small, ...mirrored), [2, 3, height, width]);
    const alone = await runOnnx(built, mirrored, [1, 3, height, width]);
    const priors = countPriors(height, width);
    for (const [name, values] of [
      ['scores', 2],
      ['locations', 4],
    ] as const) {
      const second = both[name]?.slice(priors * values) ?? [];
      expect(second).toHaveLength(priors * values);
      expect(relativeError(second, alone[name] ?? [])).toBeLessThan(1e-5);
    }
  });
});

const PRIORS = [
  { stride: 8, sizes: [10, 16, 24] },
  { stride: 16, sizes: [32, 48] },
  { stride: 32, sizes: [64, 96] },
  { stride: 64, sizes: [128, 192, 256] },
];

function countPriors(height: number, width: number): number {
  const counts = PRIORS.map(
    ({ stride, sizes }) => Math.ceil(height / stride) * Math.ceil(width / stride) * sizes.length,
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

function softmaxOfPairs(logits: Float32Array): Float64Array {
  return Float64Array.from(logits, (logit, i) => {
    const other = logits[i ^ 1] ?? 0;
    return 1 / (1 + Math.exp(other - logit));
  });
}

/**
 * Corners as shares of the photo, as the published file ends: SSD's decoding with variances 0.1 and
 * 0.2. Its priors divide the photo evenly (rows are 30 apart at stride 32, since 8 × 32 > 240) and
 * are cut at the photo's own size.
 */
function decode(locations: Float32Array): number[] {
  const corners: number[] = [];
  for (const { stride, sizes } of PRIORS) {
    const [rows, columns] = [Math.ceil(HEIGHT / stride), Math.ceil(WIDTH / stride)];
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const [x, y] = [((column + 0.5) / columns) * WIDTH, ((row + 0.5) / rows) * HEIGHT];
        for (const size of sizes) {
          const [dx = 0, dy = 0, dw = 0, dh = 0] = locations.subarray(corners.length);
          const [left, right] = span(x, Math.min(size, WIDTH), dx, dw);
          const [top, bottom] = span(y, Math.min(size, HEIGHT), dy, dh);
          corners.push(left / WIDTH, top / HEIGHT, right / WIDTH, bottom / HEIGHT);
        }
      }
    }
  }
  return corners;
}

function span(centre: number, size: number, shift: number, growth: number): [number, number] {
  const moved = centre + 0.1 * shift * size;
  const half = (size * Math.exp(0.2 * growth)) / 2;
  return [moved - half, moved + half];
}
