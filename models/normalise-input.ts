import { renameValue } from './graph-edit.ts';
import type { Graph, Node, ValueInfo } from './onnx.ts';
import { floats } from './tensor.ts';

/**
 * Declares the graph's `input` and puts `(v − mean)/scale` behind it, so that callers pass pixels as
 * they are. This stays a step of its own, since the first convolutions pad: their zeros stand for the
 * mean, which no weights could express.
 */
export function normaliseInput(
  graph: Graph,
  { type, dims }: Omit<ValueInfo, 'name'>,
  { mean, scale }: { mean: number; scale: number },
): void {
  graph.inputs = [{ name: 'input', type, dims }];
  renameValue(graph, 'input', 'normalised');
  graph.initializers.set('scale', floats([], [1 / scale]));
  if (type === 'uint8') {
    graph.initializers.set('mean', { dims: [], data: Uint8Array.of(mean) });
    graph.nodes.unshift(node('DequantizeLinear', ['input', 'scale', 'mean'], 'normalised'));
  } else {
    graph.initializers.set('mean', floats([], [mean]));
    graph.nodes.unshift(
      node('Sub', ['input', 'mean'], 'centred'),
      node('Mul', ['centred', 'scale'], 'normalised'),
    );
  }
}

const node = (op: string, inputs: string[], output: string): Node => ({
  op,
  inputs,
  output,
  attributes: {},
});
