import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { readFaceApiWeights } from '../../models/face-api-weights.ts';
import type { FloatTensor } from '../../models/tensor.ts';
import { add, at, convolve, image, map, planar, pool, relu } from './plain-layers.ts';
import type { Image } from './plain-layers.ts';
import { relativeError, runOnnx } from './run-onnx.ts';
import { modelsFolder, photo, sourceOf } from './sources.ts';

/** The mean of red, green and blue that face-api subtracts. */
const MEAN = [122.782, 117.001, 104.298] as const;

/** face-api's FaceRecognitionNet, layer by layer, on one 150×150 face. */
class FaceRecognitionNet {
  readonly #weights: Map<string, FloatTensor>;

  constructor(weights: Map<string, FloatTensor>) {
    this.#weights = weights;
  }

  embed(face: Image): number[] {
    let x = map(face, (value, _y, _x, c) => (value - (MEAN[c] ?? 0)) / 255);
    x = pool(relu(this.#layer('conv32_down', x, 2, 'VALID')), 'max', 3, 2);
    for (const name of ['conv32_1', 'conv32_2', 'conv32_3']) x = this.#residual(name, x);
    x = this.#down('conv64_down', x);
    for (const name of ['conv64_1', 'conv64_2', 'conv64_3']) x = this.#residual(name, x);
    x = this.#down('conv128_down', x);
    for (const name of ['conv128_1', 'conv128_2']) x = this.#residual(name, x);
    x = this.#down('conv256_down', x);
    for (const name of ['conv256_1', 'conv256_2']) x = this.#residual(name, x);
    x = this.#down('conv256_down_out', x);
    const [features, { dims, data }] = [pool(x, 'mean', x.height, 1).data, this.#tensor('fc')];
    const width = dims[1] ?? 0;
    return Array.from({ length: width }, (_, i) =>
      features.reduce((sum, value, c) => sum + value * (data[c * width + i] ?? 0), 0),
    );
  }

  #layer(name: string, x: Image, stride: number, padding: 'SAME' | 'VALID'): Image {
    const { dims, data } = this.#tensor(`${name}/conv/filters`);
    const [rows = 0, columns = 0, inputs = 0, outputs = 0] = dims;
    const [bias, scale, offset] = ['conv/bias', 'scale/weights', 'scale/biases'].map(
      (part) => this.#tensor(`${name}/${part}`).data,
    );
    const convolved = convolve(x, {
      kernel: [rows, columns],
      stride,
      padding,
      outputs,
      weight: (ky, kx, input, output) =>
        data[((ky * columns + kx) * inputs + input) * outputs + output] ?? 0,
      bias: (output) => bias?.[output] ?? 0,
    });
    return map(convolved, (value, _y, _x, c) => value * (scale?.[c] ?? 0) + (offset?.[c] ?? 0));
  }

  #residual(name: string, x: Image): Image {
    const hidden = relu(this.#layer(`${name}/conv1`, x, 1, 'SAME'));
    return relu(add(this.#layer(`${name}/conv2`, hidden, 1, 'SAME'), x));
  }

  /** Zeros fill up whichever branch is smaller, in channels or in rows and columns. */
  #down(name: string, x: Image): Image {
    const hidden = relu(this.#layer(`${name}/conv1`, x, 2, 'VALID'));
    const convolved = this.#layer(`${name}/conv2`, hidden, 1, 'SAME');
    const pooled = pool(x, 'mean', 2, 2);
    const sum = image(pooled.height, pooled.width, convolved.channels, (y, x, c) => {
      const shortcut = c < pooled.channels ? at(pooled, y, x, c) : 0;
      return at(convolved, y, x, c) + shortcut;
    });
    return relu(sum);
  }

  #tensor(name: string): FloatTensor {
    const tensor = this.#weights.get(name);
    if (tensor === undefined) throw new Error(`There are no weights "${name}".`);
    return tensor;
  }
}

describe('dlib', () => {
  it("gives, from raw pixels, the embedding of face-api's network", async () => {
    const [weights = new Uint8Array(), manifest = new Uint8Array()] = await sourceOf('dlib');
    const face = await photo(150, 150);
    const expected = new FaceRecognitionNet(readFaceApiWeights(weights, manifest)).embed(face);
    const built = await readFile(join(modelsFolder, 'dlib.onnx'));
    const { embedding = [] } = await runOnnx(built, planar(face), [1, 3, 150, 150]);
    expect(embedding).toHaveLength(128);
    expect(relativeError(embedding, expected)).toBeLessThan(1e-4);
  });
});

const manifestOf = (weights: object[]): Uint8Array =>
  new TextEncoder().encode(JSON.stringify([{ paths: ['it.bin'], weights }]));

describe("face-api's weights", () => {
  it('are read one behind the other, bytes scaled back', () => {
    const bytes = Uint8Array.of(
      0,
      128,
      255,
      ...new Uint8Array(Float32Array.of(1.5, -2).buffer),
      10,
    );
    const weights = readFaceApiWeights(
      bytes,
      manifestOf([
        {
          name: 'a',
          shape: [3, 1],
          dtype: 'float32',
          quantization: { dtype: 'uint8', scale: 0.5, min: -64 },
        },
        { name: 'b', shape: [2], dtype: 'float32' },
        {
          name: 'c',
          shape: [],
          dtype: 'float32',
          quantization: { dtype: 'uint8', scale: 2, min: 1 },
        },
      ]),
    );
    expect(Object.fromEntries(weights)).toEqual({
      a: { dims: [3, 1], data: Float32Array.of(-64, 0, 63.5) },
      b: { dims: [2], data: Float32Array.of(1.5, -2) },
      c: { dims: [], data: Float32Array.of(21) },
    });
  });

  it('must fill the file', () => {
    const manifest = manifestOf([{ name: 'a', shape: [2], dtype: 'float32' }]);
    expect(() => readFaceApiWeights(new Uint8Array(9), manifest)).toThrow('9 bytes');
  });
});
