import { onlyReaderOf, prune, setWeights, weightsOf } from './graph-edit.ts';
import type { Attribute, Graph, Node } from './onnx.ts';
import { floats } from './tensor.ts';

/**
 * Makes one of two 1×1 convolutions with nothing between them (their weights are matrices: it is
 * their product), where that takes fewer multiplications.
 */
export function mergePointwise(graph: Graph): void {
  for (const first of graph.nodes) {
    const second = onlyReaderOf(graph, first.output);
    if (second && isPointwise(first) && isPointwise(second)) merge(graph, first, second);
  }
  prune(graph);
}

function isPointwise({ op, attributes }: Node): boolean {
  const { kernel_shape: kernel, strides, pads, group } = attributes;
  return op === 'Conv' && group === 1 && isAll(1, kernel) && isAll(1, strides) && isAll(0, pads);
}

const isAll = (value: number, list: Attribute | undefined): boolean =>
  Array.isArray(list) && list.every((item) => item === value);

/** W₂(W₁x + b₁) + b₂ = W₂W₁x + (W₂b₁ + b₂). */
function merge(graph: Graph, first: Node, second: Node): void {
  const [w1, w2] = [weightsOf(graph, first, 1), weightsOf(graph, second, 1)];
  const [between = 0, inputs = 0] = w1.dims;
  const [outputs = 0] = w2.dims;
  if (outputs * inputs >= between * (inputs + outputs)) return;

  const weights = multiply(w2.data, w1.data, outputs, between);
  const offset = multiply(w2.data, weightsOf(graph, first, 2).data, outputs, between);
  const bias = weightsOf(graph, second, 2).data.map((b, output) => b + (offset[output] ?? 0));
  setWeights(graph, second, 1, floats([outputs, inputs, 1, 1], weights));
  setWeights(graph, second, 2, floats([outputs], bias));
  second.inputs[0] = first.inputs[0] ?? '';
}

/** The product of a matrix of `rows` × `between` and one of `between` rows. */
function multiply(a: Float32Array, b: Float32Array, rows: number, between: number): Float64Array {
  const columns = b.length / between;
  const product = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < between; k++) {
      const factor = a[row * between + k] ?? 0;
      for (let column = 0; column < columns; column++) {
        const at = row * columns + column;
        product[at] = (product[at] ?? 0) + factor * (b[k * columns + column] ?? 0);
      }
    }
  }
  return product;
}
