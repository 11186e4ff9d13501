import { onlyReaderOf, producerOf, prune, setWeights, weightsOf } from './graph-edit.ts';
import type { Graph, Node } from './onnx.ts';
import { floats, mapKernel } from './tensor.ts';

/**
 * Rewrites every PRelu behind a convolution into operators for which onnxruntime keeps its blocked
 * layout (PRelu itself makes it convert there and back), with the same result: when the convolution
 * gives u = (1 − a)·x instead of x, `PRelu(x) = Relu(u) + a/(1 − a)·u`, and that product is a
 * depthwise 1×1 convolution, which takes in the sum as well.
 *
 * This holds for slopes a < 1. For a > 1, `PRelu_a(x) = −a·PRelu_{1/a}(−x)`: the sign goes into the
 * convolution before, −a into the convolution behind.
 */
export function rewritePrelu(graph: Graph): void {
  graph.nodes = graph.nodes.flatMap((node) =>
    node.op === 'PRelu' ? rewrite(graph, node) : [node],
  );
  prune(graph);
}

function rewrite(graph: Graph, prelu: Node): Node[] {
  const [u = ''] = prelu.inputs;
  const channels = Array.from(weightsOf(graph, prelu, 1).data, factorsOf);
  scaleBefore(graph, producerOf(graph, u), channels);
  if (channels.some(({ behind }) => behind !== 1)) scaleBehind(graph, prelu.output, channels);

  const y = prelu.output;
  const ratios = channels.map(({ ratio }) => ratio);
  graph.initializers.set(`${y}_ratio`, floats([channels.length, 1, 1, 1], ratios));
  return [
    { op: 'Relu', inputs: [u], output: `${y}_relu`, attributes: {} },
    {
      op: 'Conv',
      inputs: [u, `${y}_ratio`],
      output: `${y}_product`,
      attributes: { group: channels.length, kernel_shape: [1, 1] },
    },
    { op: 'Add', inputs: [`${y}_relu`, `${y}_product`], output: y, attributes: {} },
  ];
}

/** What the rewriting multiplies one channel by. */
interface Factors {
  /** In the convolution before. */
  before: number;
  /** In the depthwise convolution beside the Relu. */
  ratio: number;
  /** In the convolution behind. */
  behind: number;
}

function factorsOf(slope: number): Factors {
  if (slope === 1) throw new Error('A PRelu with slope 1 cannot be rewritten.');
  return slope < 1
    ? { before: 1 - slope, ratio: slope / (1 - slope), behind: 1 }
    : { before: 1 / slope - 1, ratio: 1 / (slope - 1), behind: -slope };
}

function scaleBefore(graph: Graph, conv: Node, channels: Factors[]): void {
  for (const input of [1, 2]) {
    const weights = weightsOf(graph, conv, input);
    const scaled = mapKernel(weights, (w, output) => w * (channels[output]?.before ?? 1));
    setWeights(graph, conv, input, scaled);
  }
}

function scaleBehind(graph: Graph, value: string, channels: Factors[]): void {
  const conv = onlyReaderOf(graph, value);
  if (conv?.op !== 'Conv') throw new Error(`${value} is not read by one convolution alone.`);
  const isDepthwise = conv.attributes['group'] === channels.length;
  const scaled = mapKernel(
    weightsOf(graph, conv, 1),
    (w, output, input) => w * (channels[isDepthwise ? output : input]?.behind ?? 1),
  );
  setWeights(graph, conv, 1, scaled);
}
