export type TensorData = Float32Array | BigInt64Array | Uint8Array;

/** Dense, row-major. */
export interface Tensor<Data extends TensorData = TensorData> {
  readonly dims: readonly number[];
  readonly data: Data;
}

export type FloatTensor = Tensor<Float32Array>;

export const floats = (dims: number[], data: Iterable<number>): FloatTensor => ({
  dims,
  data: Float32Array.from(data),
});

export const int64s = (...values: number[]): Tensor => ({
  dims: [values.length],
  data: BigInt64Array.from(values, BigInt),
});

/** The tensor with its axes in another order: axis i of the result is axis `order[i]` of the source. */
export function permute({ dims, data }: FloatTensor, order: readonly number[]): FloatTensor {
  const axes = order.map((axis) => ({
    size: dims[axis] ?? 1,
    stride: dims.slice(axis + 1).reduce((product, size) => product * size, 1),
  }));
  const permuted = new Float32Array(data.length);
  let to = 0;
  const copy = (depth: number, from: number): void => {
    const axis = axes[depth];
    if (axis === undefined) permuted[to++] = data[from] ?? 0;
    else for (let i = 0; i < axis.size; i++) copy(depth + 1, from + i * axis.stride);
  };
  copy(0, 0);
  return { dims: axes.map(({ size }) => size), data: permuted };
}

/**
 * Maps the weights of a convolution (outputs × inputs × kernel; inputs is 1 when it is depthwise) or
 * its bias (outputs).
 */
export function mapKernel(
  { dims, data }: FloatTensor,
  map: (weight: number, output: number, input: number) => number,
): FloatTensor {
  const [outputs = 1, inputs = 1] = dims;
  const size = data.length / outputs / inputs;
  const mapped = data.map((weight, i) => {
    const channel = Math.floor(i / size);
    return map(weight, Math.floor(channel / inputs), channel % inputs);
  });
  return { dims, data: mapped };
}
