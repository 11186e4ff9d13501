import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { GraphBuilder } from '../../models/graph-builder.ts';
import { mergePointwise } from '../../models/merge-pointwise.ts';
import type { Graph } from '../../models/onnx.ts';
import { rewritePrelu } from '../../models/prelu.ts';
import { floats } from '../../models/tensor.ts';
import { relativeError, runOnnx } from './run-onnx.ts';

const SIZE = 5;
const value = fc.float({ min: -2, max: 2, noNaN: true });
/** Negative, gentle, and steep ones, up to what the real models have; 1 itself is refused. */
const slope = fc.float({ min: -10, max: 10, noNaN: true }).filter((a) => Math.abs(a - 1) > 1e-5);

const values = (length: number): fc.Arbitrary<number[]> =>
  fc.array(value, { minLength: length, maxLength: length });

interface Layer {
  readonly channels: number;
  readonly kernel: number;
  readonly depthwise?: boolean;
}

/** Weights and bias of convolutions in a row. */
function convolutions(inputs: number, layers: readonly Layer[]): fc.Arbitrary<number[][]> {
  let before = inputs;
  const sizes = layers.flatMap(({ channels, kernel, depthwise }) => {
    const size = channels * (depthwise ? 1 : before) * kernel * kernel;
    before = channels;
    return [size, channels];
  });
  return fc.tuple(...sizes.map(values));
}

function addConvolution(
  builder: GraphBuilder,
  x: string,
  inputs: number,
  { channels, kernel, depthwise = false }: Layer,
  [weights = [], bias = []]: number[][],
): string {
  const dims = [channels, depthwise ? 1 : inputs, kernel, kernel];
  const constants = [floats(dims, weights), floats([channels], bias)];
  const padding = (kernel - 1) / 2;
  return builder.op('Conv', [x, ...constants.map((it) => builder.constant(it))], {
    kernel_shape: [kernel, kernel],
    strides: [1, 1],
    pads: [padding, padding, padding, padding],
    group: depthwise ? channels : 1,
  });
}

function finish(builder: GraphBuilder, y: string, inputs: number, outputs: number): Graph {
  builder.name(y, 'output');
  const { graph } = builder;
  graph.inputs = [{ name: 'input', type: 'float32', dims: ['N', inputs, SIZE, SIZE] }];
  graph.outputs = [{ name: 'output', type: 'float32', dims: ['N', outputs, SIZE, SIZE] }];
  return graph;
}

const operatorsOf = (graph: Graph): string[] => graph.nodes.map(({ op }) => op);

describe('rewritePrelu', () => {
  const [dense, depthwise] = [
    { channels: 4, kernel: 3 },
    { channels: 4, kernel: 3, depthwise: true },
  ];

  for (const [what, behind] of [
    ['a dense', dense],
    ['a depthwise', depthwise],
  ] as const) {
    it(`gives what PRelu gives, before ${what} convolution`, async () => {
      await fc.assert(
        fc.asyncProperty(
          convolutions(2, [dense, behind]),
          fc.array(slope, { minLength: 4, maxLength: 4 }),
          values(2 * SIZE * SIZE),
          async (weights, slopes, input) => {
            const build = (): Graph => {
              const builder = new GraphBuilder();
              const x = addConvolution(builder, 'input', 2, dense, weights.slice(0, 2));
              const prelu = builder.op('PRelu', [x, builder.constant(floats([4, 1, 1], slopes))]);
              const y = addConvolution(builder, prelu, 4, behind, weights.slice(2));
              return finish(builder, y, 2, 4);
            };
            const rewritten = build();
            rewritePrelu(rewritten);
            expect(operatorsOf(rewritten)).toEqual(['Conv', 'Relu', 'Conv', 'Add', 'Conv']);
            const run = (graph: Graph): Promise<Record<string, Float32Array>> =>
              runOnnx(graph, Float32Array.from(input), [1, 2, SIZE, SIZE]);
            const [{ output: actual = [] }, { output: expected = [] }] = await Promise.all([
              run(rewritten),
              run(build()),
            ]);
            if (expected.every((number) => number === 0)) return;
            expect(relativeError(actual, expected)).toBeLessThan(1e-4);
          },
        ),
        { numRuns: 60 },
      );
    });
  }

  it('refuses a steep PRelu whose output is not for one convolution alone', () => {
    const builder = new GraphBuilder();
    const x = addConvolution(builder, 'input', 1, { channels: 1, kernel: 1 }, [[1], [0]]);
    const prelu = builder.op('PRelu', [x, builder.constant(floats([1, 1, 1], [2]))]);
    const graph = finish(builder, builder.op('Add', [prelu, prelu]), 1, 1);
    expect(() => rewritePrelu(graph)).toThrow('one convolution');
  });

  it('refuses a slope of 1', () => {
    const builder = new GraphBuilder();
    const x = addConvolution(builder, 'input', 1, { channels: 1, kernel: 1 }, [[1], [0]]);
    const prelu = builder.op('PRelu', [x, builder.constant(floats([1, 1, 1], [1]))]);
    expect(() => rewritePrelu(finish(builder, prelu, 1, 1))).toThrow('slope 1');
  });
});

/** Two 1×1 convolutions, from 3 channels. */
const two = (first: number, second: number, weights: number[][]): Graph => {
  const builder = new GraphBuilder();
  const layers = [
    { channels: first, kernel: 1 },
    { channels: second, kernel: 1 },
  ] as const;
  const x = addConvolution(builder, 'input', 3, layers[0], weights.slice(0, 2));
  return finish(builder, addConvolution(builder, x, first, layers[1], weights.slice(2)), 3, second);
};

describe('mergePointwise', () => {
  it('makes two 1×1 convolutions one that gives the same', async () => {
    const layers = [
      { channels: 5, kernel: 1 },
      { channels: 4, kernel: 1 },
    ];
    await fc.assert(
      fc.asyncProperty(convolutions(3, layers), values(3 * SIZE * SIZE), async (weights, input) => {
        const merged = two(5, 4, weights);
        mergePointwise(merged);
        expect(operatorsOf(merged)).toEqual(['Conv']);
        const run = (graph: Graph): Promise<Record<string, Float32Array>> =>
          runOnnx(graph, Float32Array.from(input), [1, 3, SIZE, SIZE]);
        const [{ output: actual = [] }, { output: expected = [] }] = await Promise.all([
          run(merged),
          run(two(5, 4, weights)),
        ]);
        for (const [i, number] of expected.entries()) expect(actual[i]).toBeCloseTo(number, 3);
      }),
      { numRuns: 30 },
    );
  });

  it('leaves a bottleneck, which is cheaper as it is', () => {
    const graph = two(1, 6, [[1, 1, 1], [0], [1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0]]);
    mergePointwise(graph);
    expect(operatorsOf(graph)).toEqual(['Conv', 'Conv']);
  });

  it('leaves a convolution whose output somebody else reads, too', () => {
    const builder = new GraphBuilder();
    const layer = { channels: 1, kernel: 1 };
    const x = addConvolution(builder, 'input', 1, layer, [[2], [0]]);
    const y = addConvolution(builder, x, 1, layer, [[3], [0]]);
    const graph = finish(builder, builder.op('Add', [x, y]), 1, 1);
    mergePointwise(graph);
    expect(operatorsOf(graph)).toEqual(['Conv', 'Conv', 'Add']);
  });

  it('leaves what is not 1×1', () => {
    const builder = new GraphBuilder();
    const x = addConvolution(builder, 'input', 1, { channels: 1, kernel: 1 }, [[2], [0]]);
    const layer = { channels: 1, kernel: 3 };
    const y = addConvolution(builder, x, 1, layer, [Array<number>(9).fill(1), [0]]);
    const graph = finish(builder, y, 1, 1);
    mergePointwise(graph);
    expect(operatorsOf(graph)).toEqual(['Conv', 'Conv']);
  });
});
