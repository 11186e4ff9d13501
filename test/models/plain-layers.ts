/**
 * The layers of a convolutional network in plain loops, for one image, as TensorFlow defines them
 * (rows × columns × channels). Slow and obvious: what the conversions are checked against.
 */
export interface Image {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: Float64Array;
}

export function image(
  height: number,
  width: number,
  channels: number,
  value: (y: number, x: number, c: number) => number,
): Image {
  const data = new Float64Array(height * width * channels);
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.floor(i / channels);
    data[i] = value(Math.floor(pixel / width), pixel % width, i % channels);
  }
  return { height, width, channels, data };
}

/** Zero outside. */
export const at = (it: Image, y: number, x: number, c: number): number =>
  y < 0 || x < 0 || y >= it.height || x >= it.width
    ? 0
    : (it.data[(y * it.width + x) * it.channels + c] ?? 0);

export const map = (
  it: Image,
  f: (value: number, y: number, x: number, c: number) => number,
): Image => image(it.height, it.width, it.channels, (y, x, c) => f(at(it, y, x, c), y, x, c));

export const add = (a: Image, b: Image): Image =>
  map(a, (value, y, x, c) => value + at(b, y, x, c));

export const relu = (it: Image): Image => map(it, (value) => Math.max(value, 0));

export interface Convolution {
  readonly kernel: readonly [height: number, width: number];
  readonly stride: number;
  readonly padding: 'SAME' | 'VALID';
  readonly outputs: number;
  readonly depthwise?: boolean;
  /** The weight at a row and column of the kernel, from an input to an output channel. */
  readonly weight: (ky: number, kx: number, input: number, output: number) => number;
  readonly bias: (output: number) => number;
}

export function convolve(it: Image, layer: Convolution): Image {
  const [rows, columns] = layer.kernel;
  const vertical = span(it.height, rows, layer);
  const horizontal = span(it.width, columns, layer);
  return image(vertical.size, horizontal.size, layer.outputs, (y, x, output) => {
    let sum = layer.bias(output);
    for (let ky = 0; ky < rows; ky++) {
      for (let kx = 0; kx < columns; kx++) {
        const [fromY, fromX] = [
          y * layer.stride - vertical.before + ky,
          x * layer.stride - horizontal.before + kx,
        ];
        const [first, last] = layer.depthwise ? [output, output] : [0, it.channels - 1];
        for (let input = first; input <= last; input++) {
          sum += at(it, fromY, fromX, input) * layer.weight(ky, kx, input, output);
        }
      }
    }
    return sum;
  });
}

/** https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2 */
function span(
  length: number,
  kernel: number,
  { stride, padding }: Pick<Convolution, 'stride' | 'padding'>,
): { size: number; before: number } {
  if (padding === 'VALID') return { size: Math.ceil((length - kernel + 1) / stride), before: 0 };
  const size = Math.ceil(length / stride);
  return { size, before: Math.floor(Math.max((size - 1) * stride + kernel - length, 0) / 2) };
}

/** The greatest or the mean of every window of `size` × `size` that lies wholly inside. */
export function pool(it: Image, kind: 'max' | 'mean', size: number, stride: number): Image {
  const fit = (length: number): number => Math.floor((length - size) / stride) + 1;
  return image(fit(it.height), fit(it.width), it.channels, (y, x, c) => {
    const window = Array.from({ length: size * size }, (_, i) =>
      at(it, y * stride + Math.floor(i / size), x * stride + (i % size), c),
    );
    return kind === 'max'
      ? Math.max(...window)
      : window.reduce((sum, value) => sum + value, 0) / window.length;
  });
}

/** Channels × rows × columns, as ONNX lays images out. */
export function planar({ height, width, channels, data }: Image): Float32Array {
  const planes = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    planes[(i % channels) * height * width + Math.floor(i / channels)] = data[i] ?? 0;
  }
  return planes;
}
