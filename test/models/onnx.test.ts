import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decodeModel } from '../../models/onnx-reader.ts';
import { encodeModel } from '../../models/onnx.ts';
import type { Graph } from '../../models/onnx.ts';
import { floats, int64s } from '../../models/tensor.ts';
import type { Tensor } from '../../models/tensor.ts';
import { runOnnx } from './run-onnx.ts';

const name = fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' });
const integer = fc.integer({ min: -(2 ** 53) + 1, max: 2 ** 53 - 1 });
const tensor = fc.oneof(
  fc.array(fc.float(), { maxLength: 40 }).map((values) => floats([values.length], values)),
  fc.array(integer, { maxLength: 8 }).map((values) => int64s(...values)),
);
const attribute = fc.oneof(
  integer,
  fc.array(integer, { minLength: 1, maxLength: 5 }),
  fc.float().map((float) => ({ float })),
  tensor,
);
const node = fc.record({
  op: name,
  inputs: fc.array(name, { maxLength: 3 }),
  output: name,
  attributes: fc.dictionary(name, attribute, { maxKeys: 3, noNullPrototype: true }),
});
const graph: fc.Arbitrary<Graph> = fc.record({
  nodes: fc.array(node, { maxLength: 5 }),
  initializers: fc.array(fc.tuple(name, tensor), { maxLength: 4 }).map((all) => new Map(all)),
  inputs: fc.constant([]),
  outputs: fc.constant([]),
});

describe('the ONNX codec', () => {
  it('reads back whatever graph it wrote', () => {
    fc.assert(
      fc.property(graph, (graph) => {
        expect(decodeModel(encodeModel(graph))).toEqual(graph);
      }),
    );
  });

  it('reads a model out of a larger buffer, at any alignment', () => {
    const graph: Graph = {
      nodes: [],
      initializers: new Map([['w', floats([2], [1.5, -2])]]),
      inputs: [],
      outputs: [],
    };
    const bytes = encodeModel(graph);
    for (const offset of [1, 2, 3, 4]) {
      const buffer = Buffer.concat([Buffer.alloc(offset), bytes]);
      expect(decodeModel(buffer.subarray(offset))).toEqual(graph);
    }
  });

  it('writes what onnxruntime understands: inputs of any batch, constants, every kind of attribute', async () => {
    const graph: Graph = {
      nodes: [
        // An INT, a FLOAT and a TENSOR attribute; the product with a transposed matrix.
        {
          op: 'Constant',
          inputs: [],
          output: 'bias',
          attributes: { value: floats([2], [10, 20]) },
        },
        {
          op: 'Gemm',
          inputs: ['input', 'weights', 'bias'],
          output: 'product',
          attributes: { alpha: { float: 0.5 }, transB: 1 },
        },
        { op: 'Reshape', inputs: ['product', 'shape'], output: 'rows', attributes: {} },
        // INTS.
        { op: 'Transpose', inputs: ['rows'], output: 'output', attributes: { perm: [1, 0] } },
      ],
      initializers: new Map<string, Tensor>([
        ['weights', floats([2, 3], [1, 2, 3, 4, 5, 6])],
        ['shape', int64s(-1, 2)],
      ]),
      inputs: [{ name: 'input', type: 'float32', dims: ['N', 3] }],
      outputs: [{ name: 'output', type: 'float32', dims: [2, 'N'] }],
    };
    const { output } = await runOnnx(graph, Float32Array.of(1, 0, 0, 0, 1, 1), [2, 3]);
    expect(output).toEqual(Float32Array.of(10.5, 12.5, 22, 25.5));
  });

  it('refuses a tensor of a type it does not know', () => {
    const bytes = encodeModel({
      nodes: [],
      initializers: new Map([['mean', { dims: [1], data: Uint8Array.of(127) }]]),
      inputs: [],
      outputs: [],
    });
    expect(() => decodeModel(bytes)).toThrow('mean');
  });
});
