import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { tfliteToOnnx } from '../../models/tflite-to-onnx.ts';
import { readTflite } from '../../models/tflite.ts';
import type { TfliteModel, TfliteOperator, TfliteTensor } from '../../models/tflite.ts';
import { image, map, planar } from './plain-layers.ts';
import { relativeError, runOnnx } from './run-onnx.ts';
import { modelsFolder, photo, sourceOf } from './sources.ts';
import { evaluateTflite } from './tflite-model.ts';

describe('MobileFaceNet', () => {
  it('is read from TensorFlow Lite whole', async () => {
    const [file = new Uint8Array()] = await sourceOf('mobilefacenet');
    const model = readTflite(file);
    const [input, output] = [...model.inputs, ...model.outputs].map((i) => model.tensors[i]);
    expect(input).toMatchObject({ name: 'input', shape: [2, 112, 112, 3] });
    expect(output).toMatchObject({ name: 'embeddings', shape: [2, 192] });
    const counts = new Map<string, number>();
    for (const { op } of model.operators) counts.set(op, (counts.get(op) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toEqual({
      CONV_2D: 35,
      DEPTHWISE_CONV_2D: 17,
      RELU: 33,
      ABS: 33,
      SUB: 33,
      MUL: 33,
      ADD: 45,
      RESHAPE: 1,
    });
  });

  it('gives the embedding that the published network gives, from raw pixels', async () => {
    const [file = new Uint8Array()] = await sourceOf('mobilefacenet');
    const pixels = await photo(112, 112);
    const normalised = map(pixels, (value) => (value - 127.5) / 128);
    const expected = evaluateTflite(readTflite(file), normalised).data;
    const built = await readFile(join(modelsFolder, 'mobilefacenet.onnx'));
    const { embedding = [] } = await runOnnx(built, planar(pixels), [1, 3, 112, 112]);
    expect(embedding).toHaveLength(192);
    expect(relativeError(embedding, expected)).toBeLessThan(1e-4);
  });

  it('gives each face of a batch the embedding that it has alone', async () => {
    const built = await readFile(join(modelsFolder, 'mobilefacenet.onnx'));
    const a = planar(await photo(112, 112));
    const b = a.toReversed();
    const { embedding: both = [] } = await runOnnx(
      built,
      Float32Array.of(...a, ...b),
      [2, 3, 112, 112],
    );
    const { embedding: alone = [] } = await runOnnx(built, b, [1, 3, 112, 112]);
    expect(relativeError(both.slice(192), alone)).toBeLessThan(1e-5);
  });
});

/** A small model: a convolution, PReLU, a depthwise convolution, and a sum with itself. */
interface Shape {
  readonly height: number;
  readonly width: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: 'SAME' | 'VALID';
}

function smallModel(
  { height, width, kernel, stride, padding }: Shape,
  next: () => number,
): TfliteModel {
  const tensors: TfliteTensor[] = [];
  const tensor = (shape: number[]): number => tensors.push({ name: '', shape }) - 1;
  const weights = (shape: number[]): number => {
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, next);
    return tensors.push({ name: '', shape, data }) - 1;
  };
  const operators: TfliteOperator[] = [];
  const add = (op: string, inputs: number[], shape: number[]): number => {
    const output = tensor(shape);
    operators.push({
      op,
      inputs,
      outputs: [output],
      options: { padding, strides: [stride, stride] },
    });
    return output;
  };
  const after = (size: number): number =>
    padding === 'SAME' ? Math.ceil(size / stride) : Math.ceil((size - kernel + 1) / stride);

  const input = tensor([1, height, width, 2]);
  const once = [1, after(height), after(width), 4];
  const x = add('CONV_2D', [input, weights([4, kernel, kernel, 2]), weights([4])], once);
  const relu = add('RELU', [x], once);
  const difference = add('SUB', [x, add('ABS', [x], once)], once);
  const prelu = add('ADD', [relu, add('MUL', [weights([4]), difference], once)], once);
  const twice = [1, after(once[1] ?? 0), after(once[2] ?? 0), 4];
  const inputs = [prelu, weights([1, kernel, kernel, 4]), weights([4])];
  const y = add('DEPTHWISE_CONV_2D', inputs, twice);
  const sum = add('ADD', [y, y], twice);
  return { tensors, operators, inputs: [input], outputs: [sum] };
}

describe('the conversion from TensorFlow Lite', () => {
  it('keeps the result for any size, kernel, stride and padding', async () => {
    const shape = fc.record({
      height: fc.integer({ min: 16, max: 23 }),
      width: fc.integer({ min: 16, max: 23 }),
      kernel: fc.constantFrom(1, 2, 3, 5),
      stride: fc.constantFrom(1, 2),
      padding: fc.constantFrom('SAME', 'VALID'),
    });
    await fc.assert(
      fc.asyncProperty(
        shape,
        fc.infiniteStream(fc.float({ min: -1, max: 1, noNaN: true })),
        async (shape, stream) => {
          const next = (): number => Number(stream.next().value);
          const model = smallModel(shape, next);
          const pixels = image(shape.height, shape.width, 2, next);
          const expected = planar(evaluateTflite(model, pixels));
          const graph = tfliteToOnnx(model, 'input', 'output');
          graph.inputs = [{ name: 'input', type: 'float32', dims: ['N', 2, 'H', 'W'] }];
          graph.outputs = [{ name: 'output', type: 'float32', dims: ['N', 4, 'h', 'w'] }];
          const { output = [] } = await runOnnx(graph, planar(pixels), [
            1,
            2,
            shape.height,
            shape.width,
          ]);
          expect(output).toHaveLength(expected.length);
          for (const [i, number] of expected.entries()) expect(output[i]).toBeCloseTo(number, 4);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('refuses an operator that it does not know', () => {
    const model: TfliteModel = {
      tensors: [],
      operators: [
        { op: 'SOFTMAX', inputs: [0], outputs: [1], options: { padding: 'SAME', strides: [1, 1] } },
      ],
      inputs: [0],
      outputs: [1],
    };
    expect(() => tfliteToOnnx(model, 'input', 'output')).toThrow('SOFTMAX');
  });
});
