import { producerOf, prune, weightsOf } from './graph-edit.ts';
import type { Graph, Node } from './onnx.ts';
import { floats, scaleChannels } from './tensor.ts';

/**
 * Rewrites every PRelu that follows a convolution into operators that onnxruntime runs in its blocked
 * layout, with the same result: with `a` the slope and the convolution's weights and bias scaled by
 * `1 − a` (giving u), `PRelu(x) = Relu(u) + a/(1 − a)·u`, the product being a depthwise 1×1
 * convolution. That needs `a < 1`; where `a > 1`, `PRelu_a(x) = −a·PRelu_{1/a}(−x)`, with the sign
 * moved into the convolution before and `−a` into the one after.
 */
export function rewritePrelu(graph: Graph): void {
  graph.nodes = graph.nodes.flatMap((node) =>
    node.op === 'PRelu' ? rewrite(graph, node) : [node],
  );
  prune(graph);
}

function rewrite(graph: Graph, prelu: Node): Node[] {
  const input = prelu.inputs[0] ?? '';
  const slopes = weightsOf(graph, prelu, 1).data;
  const before = producerOf(graph, input);
  const channels = slopes.length;

  const gentle = slopes.map((a) => (isSteep(a) ? 1 / a : a));
  const scale = slopes.map((a) => (isSteep(a) ? 1 / a - 1 : 1 - a));
  for (const index of [1, 2]) {
    graph.initializers.set(
      before.inputs[index] ?? '',
      scaleChannels(weightsOf(graph, before, index), scale),
    );
  }
  if (slopes.some(isSteep)) {
    const after = onlyReader(graph, prelu.output);
    const weights = weightsOf(graph, after, 1);
    const [outputs = 1, inputs = 1] = weights.dims;
    const size = weights.data.length / outputs / inputs;
    const data = weights.data.map((value, i) => {
      const channel = inputs === 1 ? Math.floor(i / size) : Math.floor(i / size) % inputs;
      const a = slopes[channel] ?? 1;
      return isSteep(a) ? value * -a : value;
    });
    graph.initializers.set(after.inputs[1] ?? '', { dims: weights.dims, data });
  }
  const ratio = `${prelu.output}_ratio`;
  graph.initializers.set(
    ratio,
    floats(
      [channels, 1, 1, 1],
      gentle.map((a) => a / (1 - a)),
    ),
  );
  const relu = `${prelu.output}_relu`;
  const product = `${prelu.output}_product`;
  return [
    { op: 'Relu', inputs: [input], output: relu, attributes: {} },
    {
      op: 'Conv',
      inputs: [input, ratio],
      output: product,
      attributes: { group: channels, kernel_shape: [1, 1] },
    },
    { op: 'Add', inputs: [relu, product], output: prelu.output, attributes: {} },
  ];
}

const isSteep = (slope: number): boolean => slope > 1;

function onlyReader(graph: Graph, value: string): Node {
  const [reader, ...others] = graph.nodes.filter(({ inputs }) => inputs.includes(value));
  if (reader?.op !== 'Conv' || others.length > 0)
    throw new Error(`${value} is not read by one convolution alone.`);
  return reader;
}
