import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

import type { Tensor, TensorData } from './tensor.ts';

/**
 * The part of ONNX (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto) that these models use:
 * one graph of nodes with one output each, dense float32 and int64 tensors.
 */
export interface Graph {
  nodes: Node[];
  initializers: Map<string, Tensor>;
  inputs: ValueInfo[];
  outputs: ValueInfo[];
}

export interface Node {
  op: string;
  inputs: string[];
  output: string;
  attributes: Record<string, Attribute>;
}

/** A number is an INT, a list of numbers is INTS. */
export type Attribute = number | number[] | { float: number } | Tensor;

/** An input or output of the graph; a dimension given by name is dynamic. */
export interface ValueInfo {
  name: string;
  type: keyof typeof DATA_TYPE;
  dims: (number | string)[];
}

const IR_VERSION = 8;
const OPSET = 13;
const DATA_TYPE = { float32: 1, uint8: 2, int64: 7 } as const;
const ATTRIBUTE_TYPE = { float: 1, int: 2, tensor: 4, ints: 7 } as const;

/** The bytes of an .onnx file (IR version 8, opset 13); the same graph always gives the same bytes. */
export function encodeModel(graph: Graph): Uint8Array {
  const writer = new BinaryWriter();
  int(writer, 1, IR_VERSION);
  text(writer, 2, 'facefleet');
  message(writer, 7, () => writeGraph(writer, graph));
  message(writer, 8, () => int(writer, 2, OPSET));
  return writer.finish();
}

function writeGraph(writer: BinaryWriter, graph: Graph): void {
  for (const node of graph.nodes) message(writer, 1, () => writeNode(writer, node));
  text(writer, 2, 'graph');
  for (const [name, tensor] of graph.initializers) {
    message(writer, 5, () => writeTensor(writer, tensor, name));
  }
  for (const info of graph.inputs) message(writer, 11, () => writeValueInfo(writer, info));
  for (const info of graph.outputs) message(writer, 12, () => writeValueInfo(writer, info));
}

function writeNode(writer: BinaryWriter, node: Node): void {
  for (const input of node.inputs) text(writer, 1, input);
  text(writer, 2, node.output);
  text(writer, 4, node.op);
  for (const [name, value] of Object.entries(node.attributes)) {
    message(writer, 5, () => writeAttribute(writer, name, value));
  }
}

function writeAttribute(writer: BinaryWriter, name: string, value: Attribute): void {
  text(writer, 1, name);
  if (typeof value === 'number') {
    int(writer, 3, value);
    int(writer, 20, ATTRIBUTE_TYPE.int);
  } else if (Array.isArray(value)) {
    for (const item of value) int(writer, 8, item);
    int(writer, 20, ATTRIBUTE_TYPE.ints);
  } else if ('float' in value) {
    writer.tag(2, WireType.Bit32).float(value.float);
    int(writer, 20, ATTRIBUTE_TYPE.float);
  } else {
    message(writer, 5, () => writeTensor(writer, value));
    int(writer, 20, ATTRIBUTE_TYPE.tensor);
  }
}

function writeTensor(writer: BinaryWriter, { dims, data }: Tensor, name?: string): void {
  for (const dim of dims) int(writer, 1, dim);
  int(writer, 2, dataTypeOf(data));
  if (name !== undefined) text(writer, 8, name);
  // Raw data is little-endian, as every machine that onnxruntime runs on.
  writer
    .tag(9, WireType.LengthDelimited)
    .bytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function dataTypeOf(data: TensorData): number {
  if (data instanceof Float32Array) return DATA_TYPE.float32;
  return data instanceof Uint8Array ? DATA_TYPE.uint8 : DATA_TYPE.int64;
}

function writeValueInfo(writer: BinaryWriter, { name, type, dims }: ValueInfo): void {
  text(writer, 1, name);
  const shape = (): void => {
    for (const dim of dims) {
      message(writer, 1, () =>
        typeof dim === 'number' ? int(writer, 1, dim) : text(writer, 2, dim),
      );
    }
  };
  message(writer, 2, () =>
    message(writer, 1, () => {
      int(writer, 1, DATA_TYPE[type]);
      message(writer, 2, shape);
    }),
  );
}

function int(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int64(value);
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}

function message(writer: BinaryWriter, field: number, body: () => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  body();
  writer.join();
}
