import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { planar } from './plain-layers.ts';
import { relativeError, runOnnx } from './run-onnx.ts';
import { modelsFolder, photo, sourceOf } from './sources.ts';

describe('the 68 landmarks', () => {
  it('are those of the published file, for each crop of a batch', async () => {
    const [file = new Uint8Array()] = await sourceOf('landmarks68');
    const built = await readFile(join(modelsFolder, 'landmarks68.onnx'));
    const pixels = planar(await photo(64, 64));
    const [first, second] = [pixels.slice(0, 4096), pixels.slice(4096, 8192)].map((plane) =>
      plane.map((value) => value / 256),
    ) as [Float32Array, Float32Array];

    const { landmarks = [] } = await runOnnx(
      built,
      Float32Array.of(...first, ...second),
      [2, 1, 64, 64],
    );
    for (const [i, crop] of [first, second].entries()) {
      const { output = [] } = await runOnnx(file, crop, [1, 1, 64, 64]);
      expect(relativeError(landmarks.slice(i * 136, (i + 1) * 136), output)).toBeLessThan(1e-5);
    }
  });
});

describe('fr_feature', () => {
  it('gives each face of a batch, from raw pixels, the embedding that the published file gives', async () => {
    const [file = new Uint8Array()] = await sourceOf('fr_feature');
    const built = await readFile(join(modelsFolder, 'fr_feature.onnx'));
    const first = planar(await photo(112, 112));
    const second = first.toReversed();

    const faces = Float32Array.of(...first, ...second);
    const { embedding = [] } = await runOnnx(built, faces, [2, 3, 112, 112]);
    for (const [i, face] of [first, second].entries()) {
      const normalised = face.map((value) => (value - 127.5) / 128);
      const { output = [] } = await runOnnx(file, normalised, [1, 3, 112, 112]);
      expect(relativeError(embedding.slice(i * 512, (i + 1) * 512), output)).toBeLessThan(1e-4);
    }
  });
});
