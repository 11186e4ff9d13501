import { renameValue } from './graph-edit.ts';
import type { Attribute, Graph } from './onnx.ts';
import type { Tensor } from './tensor.ts';

/** Builds a graph from its input on; every value is known by its name. */
export class GraphBuilder {
  readonly graph: Graph = { nodes: [], initializers: new Map(), inputs: [], outputs: [] };

  /** Adds a constant: weights, a shape. */
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

  /** Gives a value the name by which callers know it. */
  name(value: string, name: string): void {
    renameValue(this.graph, value, name);
  }
}
