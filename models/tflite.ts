import { ByteBuffer } from 'flatbuffers';

/** A TensorFlow Lite model: https://github.com/tensorflow/tensorflow/blob/master/tensorflow/compiler/mlir/lite/schema/schema.fbs */
export interface TfliteModel {
  tensors: TfliteTensor[];
  operators: TfliteOperator[];
  /** Indices into `tensors`. */
  inputs: number[];
  outputs: number[];
}

export interface TfliteTensor {
  name: string;
  /** Activations are NHWC. */
  shape: number[];
  /** Weights; absent for what is computed, and for types other than float32. */
  data?: Float32Array;
}

export interface TfliteOperator {
  op: string;
  inputs: number[];
  outputs: number[];
  options: ConvolutionOptions;
}

/** Of CONV_2D and DEPTHWISE_CONV_2D; without meaning elsewhere. */
interface ConvolutionOptions {
  padding: 'SAME' | 'VALID';
  strides: [height: number, width: number];
}

/** `BuiltinOperator` codes of the schema. */
const OPERATOR_NAMES: Record<number, string> = {
  0: 'ADD',
  3: 'CONV_2D',
  4: 'DEPTHWISE_CONV_2D',
  18: 'MUL',
  19: 'RELU',
  22: 'RESHAPE',
  41: 'SUB',
  101: 'ABS',
};
const FLOAT32 = 0;

export function readTflite(bytes: Uint8Array): TfliteModel {
  const buffer = new ByteBuffer(bytes);
  const model = new Table(buffer, buffer.readInt32(0));
  const codes = model.tables(1).map((code) => Math.max(code.int8(0), code.int32(3)));
  const buffers = model.tables(4);
  const [subgraph] = model.tables(2);
  if (subgraph === undefined) throw new Error('The .tflite file has no subgraph.');
  return {
    tensors: subgraph.tables(0).map((tensor) => readTensor(tensor, buffers)),
    operators: subgraph.tables(3).map((operator) => readOperator(operator, codes)),
    inputs: subgraph.int32s(1),
    outputs: subgraph.int32s(2),
  };
}

function readTensor(tensor: Table, buffers: Table[]): TfliteTensor {
  const raw = buffers[tensor.int32(2)]?.bytes(0);
  const weights = tensor.int8(1) === FLOAT32 && raw !== undefined && raw.length > 0;
  return {
    name: tensor.string(3),
    shape: tensor.int32s(0),
    ...(weights && { data: new Float32Array(Uint8Array.from(raw).buffer) }),
  };
}

function readOperator(operator: Table, codes: number[]): TfliteOperator {
  const code = codes[operator.int32(0)] ?? -1;
  const options = operator.table(4);
  return {
    op: OPERATOR_NAMES[code] ?? `operator ${code}`,
    inputs: operator.int32s(1),
    outputs: operator.int32s(2),
    options: {
      padding: options?.int8(0) === 1 ? 'VALID' : 'SAME',
      strides: [options?.int32(2) ?? 0, options?.int32(1) ?? 0],
    },
  };
}

/** A FlatBuffers table whose fields are read by their number in the schema; absent ones are 0 or empty. */
class Table {
  readonly #buffer: ByteBuffer;
  readonly #position: number;

  constructor(buffer: ByteBuffer, position: number) {
    this.#buffer = buffer;
    this.#position = position;
  }

  int8(field: number): number {
    return this.#read(field, (at) => this.#buffer.readInt8(at), 0);
  }

  int32(field: number): number {
    return this.#read(field, (at) => this.#buffer.readInt32(at), 0);
  }

  string(field: number): string {
    return this.#read(field, (at) => String(this.#buffer.__string(at)), '');
  }

  int32s(field: number): number[] {
    return this.#vector(field, 4, (at) => this.#buffer.readInt32(at));
  }

  bytes(field: number): Uint8Array {
    return this.#read(
      field,
      (at) => {
        const start = this.#buffer.__vector(at);
        return this.#buffer.bytes().subarray(start, start + this.#buffer.__vector_len(at));
      },
      new Uint8Array(),
    );
  }

  table(field: number): Table | undefined {
    return this.#read<Table | undefined>(field, (at) => this.#tableAt(at), undefined);
  }

  tables(field: number): Table[] {
    return this.#vector(field, 4, (at) => this.#tableAt(at));
  }

  #tableAt(at: number): Table {
    return new Table(this.#buffer, this.#buffer.__indirect(at));
  }

  #vector<T>(field: number, stride: number, item: (at: number) => T): T[] {
    return this.#read(
      field,
      (at) => {
        const start = this.#buffer.__vector(at);
        return Array.from({ length: this.#buffer.__vector_len(at) }, (_, i) =>
          item(start + i * stride),
        );
      },
      [],
    );
  }

  /** A field's place in the vtable is 4 bytes of header and 2 for each field before it. */
  #read<T>(field: number, read: (at: number) => T, absent: T): T {
    const offset = this.#buffer.__offset(this.#position, 4 + 2 * field);
    return offset === 0 ? absent : read(this.#position + offset);
  }
}
