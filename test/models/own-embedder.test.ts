import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { buildModels } from '../../models/build-models.ts';
import { GraphBuilder } from '../../models/graph-builder.ts';
import { encodeModel } from '../../models/onnx.ts';
import { embedFace } from '../../src/recognition/embedder.ts';
import { readModelSet } from '../../src/recognition/model-manifest.ts';
import { OnnxModel } from '../../src/recognition/onnx-model.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** The mean of each colour as an embedding, its input and output called as InsightFace calls them. */
function meanColour(): Uint8Array {
  const builder = new GraphBuilder();
  const pooled = builder.op('GlobalAveragePool', ['input.1']);
  builder.name(builder.op('Flatten', [pooled]), '683');
  return encodeModel({
    ...builder.graph,
    inputs: [{ name: 'input.1', type: 'float32', dims: ['N', 3, 112, 112] }],
    outputs: [{ name: '683', type: 'float32', dims: ['N', 3] }],
  });
}

const plane = (value: number): number[] => Array<number>(112 * 112).fill(value);

describe("a person's own embedder", () => {
  it('is used by its id in the manifest, whatever its values are called, normalised as it says', async () => {
    const folder = await temporaryFolder();
    const entries = [
      { id: 'detector', role: 'detector', file: 'mine.onnx' },
      { id: 'landmarks', role: 'landmarks', file: 'mine.onnx' },
      {
        id: 'mine',
        role: 'embedder',
        file: 'mine.onnx',
        width: 3,
        size: 112,
        template: 'arcface',
        normalisation: { mean: 100, scale: 50 },
        threshold: 0.3,
      },
    ];
    await writeFile(join(folder, 'manifest.json'), JSON.stringify({ models: entries }));
    await writeFile(join(folder, 'mine.onnx'), meanColour());
    await buildModels(folder, () => undefined);

    const { embedder, embedderPath } = await readModelSet(folder, 'mine');
    const model = await OnnxModel.load(embedderPath);
    try {
      const face = Float32Array.of(...plane(100), ...plane(250), ...plane(300));
      const [red, green, blue] = await embedFace(model, face, embedder);
      expect([red, green, blue].map((it) => it?.toFixed(4))).toEqual([
        '0.0000',
        '0.6000',
        '0.8000',
      ]);
    } finally {
      await model.close();
    }
  });

  it('is told which field of its entry is not right', async () => {
    const folder = await temporaryFolder();
    const entry = { id: 'mine', role: 'embedder', file: 'mine.onnx', width: 3, size: 112 };
    await writeFile(join(folder, 'manifest.json'), JSON.stringify({ models: [entry] }));
    await expect(readModelSet(folder, 'mine')).rejects.toThrow(
      /^The entry "mine" in .*manifest\.json is not right \(template: .+; threshold: .+\): see/,
    );
    await writeFile(
      join(folder, 'manifest.json'),
      JSON.stringify({ models: [{ ...entry, role: 'embeder' }] }),
    );
    await expect(readModelSet(folder)).rejects.toThrow(/The entry "mine" .*\(role: /);
  });
});
