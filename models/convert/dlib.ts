import { readFaceApiWeights } from '../face-api-weights.ts';
import { GraphBuilder } from '../graph-builder.ts';
import type { Graph } from '../onnx.ts';
import { floats, int64s, mapKernel, permute } from '../tensor.ts';
import type { FloatTensor } from '../tensor.ts';

/** What dlib subtracts from red, green and blue before it divides by 255. */
const MEAN = [122.782, 117.001, 104.298] as const;

/**
 * dlib's face recognition network (dlib_face_recognition_resnet_model_v1: ResNet-34 with 29 layers and
 * half the filters, http://blog.dlib.net/2017/02/high-quality-face-recognition-with-deep.html), from
 * face-api's weights.
 */
export function dlib(weights: Uint8Array, manifest: Uint8Array): Graph {
  const network = new DlibNetwork(readFaceApiWeights(weights, manifest));
  let x = network.stem('conv32_down', 'input');
  for (const block of ['conv32_1', 'conv32_2', 'conv32_3']) x = network.residual(block, x);
  x = network.down('conv64_down', x, { extraChannels: 32 });
  for (const block of ['conv64_1', 'conv64_2', 'conv64_3']) x = network.residual(block, x);
  x = network.down('conv128_down', x, { extraChannels: 64 });
  for (const block of ['conv128_1', 'conv128_2']) x = network.residual(block, x);
  x = network.down('conv256_down', x, { extraChannels: 128, extraRows: 1 });
  for (const block of ['conv256_1', 'conv256_2']) x = network.residual(block, x);
  x = network.down('conv256_down_out', x, { extraRows: 1 });
  return network.embedding('fc', x);
}

class DlibNetwork {
  readonly #weights: Map<string, FloatTensor>;
  readonly #builder = new GraphBuilder();

  constructor(weights: Map<string, FloatTensor>) {
    this.#weights = weights;
  }

  /** From pixels: the normalisation is folded into the convolution, exactly, since it does not pad. */
  stem(name: string, x: string): string {
    const relu = this.#relu(this.#convolution(name, x, { stride: 2, padding: 0, ofPixels: true }));
    return this.#builder.op('MaxPool', [relu], { kernel_shape: [3, 3], strides: [2, 2] });
  }

  residual(name: string, x: string): string {
    const hidden = this.#relu(this.#convolution(`${name}/conv1`, x));
    return this.#sum(this.#convolution(`${name}/conv2`, hidden), x);
  }

  /**
   * Halves the resolution. The shortcut is average-pooled and gets `extraChannels` of zeros; the
   * convolved branch comes out `extraRows` smaller and gets as many rows and columns of zeros.
   */
  down(name: string, x: string, { extraChannels = 0, extraRows = 0 }): string {
    const hidden = this.#relu(this.#convolution(`${name}/conv1`, x, { stride: 2, padding: 0 }));
    const convolved = this.#convolution(`${name}/conv2`, hidden);
    const pooled = this.#builder.op('AveragePool', [x], { kernel_shape: [2, 2], strides: [2, 2] });
    return this.#sum(
      this.#padEnd(convolved, [0, 0, extraRows, extraRows]),
      this.#padEnd(pooled, [0, extraChannels, 0, 0]),
    );
  }

  embedding(name: string, x: string): Graph {
    const pooled = this.#builder.op('Flatten', [this.#builder.op('GlobalAveragePool', [x])]);
    const weights = this.#builder.constant(this.#tensor(name));
    this.#builder.name(this.#builder.op('MatMul', [pooled, weights]), 'embedding');
    return {
      ...this.#builder.graph,
      inputs: [{ name: 'input', type: 'float32', dims: ['N', 3, 150, 150] }],
      outputs: [{ name: 'embedding', type: 'float32', dims: ['N', 128] }],
    };
  }

  /** A convolution with its affine layer folded in: scale, then bias. */
  #convolution(
    name: string,
    x: string,
    { stride = 1, padding = 1, ofPixels = false } = {},
  ): string {
    const scale = this.#tensor(`${name}/scale/weights`).data;
    const offset = this.#tensor(`${name}/scale/biases`).data;
    // HWIO → OIHW.
    const filters = permute(this.#tensor(`${name}/conv/filters`), [3, 2, 0, 1]);
    const kernel = mapKernel(filters, (w, output) => w * (scale[output] ?? 1));
    const bias = this.#tensor(`${name}/conv/bias`).data.map(
      (b, output) => b * (scale[output] ?? 1) + (offset[output] ?? 0),
    );
    const constants = ofPixels
      ? foldNormalisation(kernel, bias)
      : [kernel, floats([bias.length], bias)];
    const inputs = [x, ...constants.map((it) => this.#builder.constant(it))];
    return this.#builder.op('Conv', inputs, {
      kernel_shape: kernel.dims.slice(2),
      strides: [stride, stride],
      pads: [padding, padding, padding, padding],
    });
  }

  #relu(x: string): string {
    return this.#builder.op('Relu', [x]);
  }

  #sum(a: string, b: string): string {
    return this.#relu(this.#builder.op('Add', [a, b]));
  }

  #padEnd(
    x: string,
    ends: [batch: number, channels: number, rows: number, columns: number],
  ): string {
    if (ends.every((end) => end === 0)) return x;
    return this.#builder.op('Pad', [x, this.#builder.constant(int64s(0, 0, 0, 0, ...ends))]);
  }

  #tensor(name: string): FloatTensor {
    const tensor = this.#weights.get(name);
    if (tensor === undefined) throw new Error(`There are no weights "${name}".`);
    return tensor;
  }
}

/** Weights and bias that do to v what the given ones do to (v − MEAN)/255. */
function foldNormalisation(kernel: FloatTensor, bias: Float32Array): [FloatTensor, FloatTensor] {
  const shift = new Float64Array(bias.length);
  const folded = mapKernel(kernel, (w, output, input) => {
    shift[output] = (shift[output] ?? 0) + (w * (MEAN[input] ?? 0)) / 255;
    return w / 255;
  });
  return [
    folded,
    floats(
      [bias.length],
      bias.map((b, output) => b - (shift[output] ?? 0)),
    ),
  ];
}
