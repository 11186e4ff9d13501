import type { Graph, Node } from './onnx.ts';
import type { FloatTensor, Tensor } from './tensor.ts';

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

/** The node that reads `value`, if it is one alone and the value is no output of the graph. */
export function onlyReaderOf(graph: Graph, value: string): Node | undefined {
  const [reader, ...others] = graph.nodes.filter(({ inputs }) => inputs.includes(value));
  const isOutput = graph.outputs.some(({ name }) => name === value);
  return others.length > 0 || isOutput ? undefined : reader;
}

/** The constant that is the node's `index`th input. */
export function constantOf(graph: Graph, node: Node, index: number): Tensor {
  const tensor = graph.initializers.get(node.inputs[index] ?? '');
  if (tensor === undefined) throw new Error(`Input ${index} of ${node.output} is no constant.`);
  return tensor;
}

/** The same, when it is weights. */
export function weightsOf(graph: Graph, node: Node, index: number): FloatTensor {
  const { dims, data } = constantOf(graph, node, index);
  if (data instanceof Float32Array) return { dims, data };
  throw new Error(`Input ${index} of ${node.output} is not float32.`);
}

/** Gives the node its own weights as the `index`th input, in place of those it had. */
export function setWeights(graph: Graph, node: Node, index: number, weights: FloatTensor): void {
  const name = `${node.output}_${index}`;
  graph.initializers.set(name, weights);
  node.inputs[index] = name;
}
