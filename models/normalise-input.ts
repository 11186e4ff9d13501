import { renameValue } from './graph-edit.ts';
import type { Graph, ValueInfo } from './onnx.ts';
import { floats, uint8s } from './tensor.ts';

/**
 * Declares the graph's input and puts `(v − mean)/deviation` behind it, so that callers pass pixels
 * as they are. It stays a step of its own where the first convolution pads with zeros: those mean
 * zeros after the normalisation, and no weights can say that.
 */
export function normaliseInput(
  graph: Graph,
  input: ValueInfo,
  mean: number,
  deviation: number,
): void {
  renameValue(graph, input.name, 'normalised');
  graph.inputs = [input];
  graph.initializers.set('mean', input.type === 'uint8' ? uint8s(mean) : floats([], [mean]));
  graph.initializers.set('scale', floats([], [1 / deviation]));
  graph.nodes.unshift(
    ...(input.type === 'uint8'
      ? [node('DequantizeLinear', [input.name, 'scale', 'mean'], 'normalised')]
      : [
          node('Sub', [input.name, 'mean'], 'centred'),
          node('Mul', ['centred', 'scale'], 'normalised'),
        ]),
  );
}

const node = (op: string, inputs: string[], output: string): Graph['nodes'][number] => ({
  op,
  inputs,
  output,
  attributes: {},
});
