import { bypass, constantOf, producerOf, prune, renameValue } from '../graph-edit.ts';
import { normaliseInput } from '../normalise-input.ts';
import { decodeModel } from '../onnx-reader.ts';
import type { Graph } from '../onnx.ts';
import { int64s } from '../tensor.ts';

/**
 * UltraFace ("Ultra-Light-Fast-Generic-Face-Detector", RFB). The published file is made for one
 * 320×240 photo and ends in its priors as constants; ours takes any number of photos of any size,
 * as bytes, and ends before the softmax and the priors.
 */
export function ultraface(file: Uint8Array): Graph {
  const graph = decodeModel(file);
  renameValue(graph, 'scores', 'probabilities');
  renameValue(graph, '461', 'scores');
  renameValue(graph, '462', 'locations');

  for (const reshape of graph.nodes.filter(({ op }) => op === 'Reshape')) {
    // The target shape [batch, −1, width] is computed from the input's; 0 keeps the batch just so.
    const shape = producerOf(graph, reshape.inputs[1]);
    const width = Number(constantOf(graph, shape, 2).data[0]);
    const constant = `${reshape.output}_shape`;
    graph.initializers.set(constant, int64s(0, -1, width));
    reshape.inputs[1] = constant;
  }
  bypass(graph, '314'); // A multiplication by one.

  normaliseInput(graph, { type: 'uint8', dims: ['N', 3, 'H', 'W'] }, { mean: 127, scale: 128 });
  graph.outputs = [
    { name: 'scores', type: 'float32', dims: ['N', 'P', 2] },
    { name: 'locations', type: 'float32', dims: ['N', 'P', 4] },
  ];
  prune(graph);
  return graph;
}
