export type TensorData = Float32Array | BigInt64Array | Uint8Array;

/** Dense, row-major. */
export interface Tensor<Data extends TensorData = TensorData> {
  readonly dims: readonly number[];
  readonly data: Data;
}

export const floats = (dims: number[], data: Iterable<number>): Tensor<Float32Array> => ({
  dims,
  data: Float32Array.from(data),
});

export const int64s = (...values: number[]): Tensor<BigInt64Array> => ({
  dims: [values.length],
  data: BigInt64Array.from(values, BigInt),
});

export const uint8s = (value: number): Tensor<Uint8Array> => ({
  dims: [],
  data: Uint8Array.of(value),
});

/** The tensor with its axes in another order: axis i of the result is axis `order[i]` of the source. */
export function permute(source: Tensor<Float32Array>, order: number[]): Tensor<Float32Array> {
  const sourceStrides = stridesOf(source.dims);
  const axes = order.map((axis) => ({
    size: source.dims[axis] ?? 1,
    stride: sourceStrides[axis] ?? 0,
  }));
  const dims = axes.map(({ size }) => size);
  const data = source.data.map((_, index) => {
    let from = 0;
    let rest = index;
    for (const { size, stride } of axes.toReversed()) {
      from += (rest % size) * stride;
      rest = Math.floor(rest / size);
    }
    return source.data[from] ?? 0;
  });
  return { dims, data };
}

function stridesOf(dims: readonly number[]): number[] {
  return dims.map((_, axis) => dims.slice(axis + 1).reduce((product, size) => product * size, 1));
}

/** A convolution's weights ([O, …]) with every output channel multiplied by its own factor. */
export function scaleChannels(
  weights: Tensor<Float32Array>,
  factors: ArrayLike<number>,
): Tensor<Float32Array> {
  const channelSize = weights.data.length / factors.length;
  const data = weights.data.map((value, i) => value * (factors[Math.floor(i / channelSize)] ?? 1));
  return { dims: weights.dims, data };
}
