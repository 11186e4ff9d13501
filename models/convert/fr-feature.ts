import { renameValue } from '../graph-edit.ts';
import { normaliseInput } from '../normalise-input.ts';
import { decodeModel } from '../onnx-reader.ts';
import type { Graph } from '../onnx.ts';
import { rewritePrelu } from '../prelu.ts';
import { int64s } from '../tensor.ts';

/** A 512-wide MobileFaceNet: the published file, for any number of faces. */
export function frFeature(file: Uint8Array): Graph {
  const graph = decodeModel(file);
  // The shape that the embedding is brought into; the file says [1, 512].
  graph.initializers.set('703', int64s(-1, 512));
  renameValue(graph, 'output', 'embedding');
  graph.outputs = [{ name: 'embedding', type: 'float32', dims: ['N', 512] }];
  normaliseInput(graph, { type: 'float32', dims: ['N', 3, 112, 112] }, { mean: 127.5, scale: 128 });
  rewritePrelu(graph);
  return graph;
}
