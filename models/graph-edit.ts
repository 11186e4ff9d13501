import type { Graph, Node } from './onnx.ts';
import type { Tensor } from './tensor.ts';

/** Gives a value another name, where it is made and wherever it is read. */
export function renameValue(graph: Graph, from: string, to: string): void {
  for (const node of graph.nodes) {
    if (node.output === from) node.output = to;
    node.inputs = node.inputs.map((input) => (input === from ? to : input));
  }
}

/** Makes the readers of a node's output read its first input instead. */
export function bypass(graph: Graph, output: string): void {
  const [source = ''] = producerOf(graph, output).inputs;
  for (const node of graph.nodes) {
    node.inputs = node.inputs.map((input) => (input === output ? source : input));
  }
}

/** Drops every node and initializer that no output of the graph depends on. */
export function prune(graph: Graph): void {
  const needed = new Set(graph.outputs.map(({ name }) => name));
  // Nodes stand in topological order, so one backward pass sees each reader before its sources.
  const kept = graph.nodes.toReversed().filter((node) => {
    if (!needed.has(node.output)) return false;
    for (const input of node.inputs) needed.add(input);
    return true;
  });
  graph.nodes = kept.toReversed();
  for (const name of graph.initializers.keys()) {
    if (!needed.has(name)) graph.initializers.delete(name);
  }
}

/** The node that makes `value`. */
export function producerOf(graph: Graph, value: string | undefined): Node {
  const node = graph.nodes.find(({ output }) => output === value);
  if (node === undefined) throw new Error(`The graph has no node that makes "${value}".`);
  return node;
}

/** The constant that is the node's `index`th input. */
export function constantOf(graph: Graph, node: Node, index: number): Tensor {
  const tensor = graph.initializers.get(node.inputs[index] ?? '');
  if (tensor === undefined) throw new Error(`Input ${index} of ${node.output} is no constant.`);
  return tensor;
}

/** The same, for weights. */
export function weightsOf(graph: Graph, node: Node, index: number): Tensor<Float32Array> {
  const { dims, data } = constantOf(graph, node, index);
  if (!(data instanceof Float32Array))
    throw new Error(`Input ${index} of ${node.output} is int64.`);
  return { dims, data };
}
