import { BinaryReader } from '@bufbuild/protobuf/wire';

import type { Attribute, Graph, Node } from './onnx.ts';
import type { Tensor } from './tensor.ts';

/**
 * The nodes and initializers of an .onnx file; its inputs and outputs are left for the caller to
 * declare anew. Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
export function decodeModel(bytes: Uint8Array): Graph {
  const graph: Graph = { nodes: [], initializers: new Map(), inputs: [], outputs: [] };
  read(bytes, { 7: (model) => readGraph(model.bytes(), graph) });
  return graph;
}

function readGraph(bytes: Uint8Array, graph: Graph): void {
  read(bytes, {
    1: (field) => graph.nodes.push(readNode(field.bytes())),
    5: (field) => {
      const { name, ...tensor } = readTensor(field.bytes());
      graph.initializers.set(name, tensor);
    },
  });
}

function readNode(bytes: Uint8Array): Node {
  const node: Node = { op: '', inputs: [], output: '', attributes: {} };
  read(bytes, {
    1: (field) => node.inputs.push(field.string()),
    2: (field) => (node.output = field.string()),
    4: (field) => (node.op = field.string()),
    5: (field) => {
      const [name, value] = readAttribute(field.bytes());
      node.attributes[name] = value;
    },
  });
  return node;
}

function readAttribute(bytes: Uint8Array): [string, Attribute] {
  let name = '';
  let value: Attribute = [];
  const ints: number[] = [];
  read(bytes, {
    1: (field) => (name = field.string()),
    2: (field) => (value = { float: field.float() }),
    3: (field) => (value = Number(field.int64())),
    5: (field) => {
      const { dims, data } = readTensor(field.bytes());
      value = { dims, data };
    },
    8: (field) => ints.push(Number(field.int64())),
  });
  return [name, ints.length > 0 ? ints : value];
}

function readTensor(bytes: Uint8Array): Tensor & { name: string } {
  const dims: number[] = [];
  let type = 0;
  let name = '';
  let raw = new Uint8Array();
  read(bytes, {
    1: (field) => dims.push(Number(field.int64())),
    2: (field) => (type = field.int32()),
    8: (field) => (name = field.string()),
    9: (field) => (raw = Uint8Array.from(field.bytes())),
  });
  if (type !== 1 && type !== 7) throw new Error(`Tensor ${name} has data type ${type}.`);
  const data = type === 1 ? new Float32Array(raw.buffer) : new BigInt64Array(raw.buffer);
  return { name, dims, data };
}

/** Reads one message: each field that has a reader by it, in order; the others are skipped. */
function read(bytes: Uint8Array, readers: Record<number, (field: BinaryReader) => unknown>): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    const readField = readers[field];
    if (readField === undefined) reader.skip(wireType, field);
    else readField(reader);
  }
}
