import { renameValue } from './graph-edit.ts';
import type { Attribute, Graph, ValueInfo } from './onnx.ts';
import type { Tensor } from './tensor.ts';

/** Builds a graph from input to output; every value is known by its name. */
export class GraphBuilder {
  readonly graph: Graph = { nodes: [], initializers: new Map(), inputs: [], outputs: [] };

  input(info: ValueInfo): string {
    this.graph.inputs.push(info);
    return info.name;
  }

  /** A constant: weights, a shape. */
  constant(tensor: Tensor): string {
    const name = `c${this.graph.initializers.size}`;
    this.graph.initializers.set(name, tensor);
    return name;
  }

  op(op: string, inputs: string[], attributes: Record<string, Attribute> = {}): string {
    const output = `t${this.graph.nodes.length}`;
    this.graph.nodes.push({ op, inputs, output, attributes });
    return output;
  }

  /** Declares the value `from` an output of the graph, under its own name. */
  output(from: string, info: ValueInfo): void {
    renameValue(this.graph, from, info.name);
    this.graph.outputs.push(info);
  }
}
