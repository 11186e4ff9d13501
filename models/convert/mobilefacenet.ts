import { mergePointwise } from '../merge-pointwise.ts';
import { normaliseInput } from '../normalise-input.ts';
import type { Graph } from '../onnx.ts';
import { rewritePrelu } from '../prelu.ts';
import { tfliteToOnnx } from '../tflite-to-onnx.ts';
import { readTflite } from '../tflite.ts';

/** MobileFaceNet (Chen et al., 2018), 192 wide, from TensorFlow Lite. */
export function mobilefacenet(file: Uint8Array): Graph {
  const graph = tfliteToOnnx(readTflite(file), 'input', 'embedding');
  graph.outputs = [{ name: 'embedding', type: 'float32', dims: ['N', 192] }];
  normaliseInput(graph, { type: 'float32', dims: ['N', 3, 112, 112] }, { mean: 127.5, scale: 128 });
  mergePointwise(graph);
  rewritePrelu(graph);
  return graph;
}
