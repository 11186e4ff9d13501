import { renameValue } from '../graph-edit.ts';
import { decodeModel } from '../onnx-reader.ts';
import type { Graph } from '../onnx.ts';

/** 68 facial points (iBUG order) of 64×64 grey crops: the published file, for any number of crops. */
export function landmarks68(file: Uint8Array): Graph {
  const graph = decodeModel(file);
  renameValue(graph, 'output', 'landmarks');
  graph.inputs = [{ name: 'input', type: 'float32', dims: ['N', 1, 64, 64] }];
  graph.outputs = [{ name: 'landmarks', type: 'float32', dims: ['N', 136] }];
  return graph;
}
