import { readFaceApiWeights } from '../face-api-weights.ts';
import { GraphBuilder } from '../graph-builder.ts';
import type { Graph } from '../onnx.ts';
import { floats, int64s, permute, scaleChannels } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';

/** What dlib's network was trained to have subtracted from red, green and blue, before division by 255. */
const MEAN = [122.782, 117.001, 104.298];

/**
 * dlib's face recognition network (dlib_face_recognition_resnet_model_v1: ResNet-34 with fewer layers
 * and half the filters), from face-api's weights: blocks named after their width, `down` where the
 * resolution is halved.
 */
export function dlib(weights: Uint8Array, manifest: Uint8Array): Graph {
  const network = new DlibNetwork(readFaceApiWeights(weights, manifest));
  const { builder } = network;
  let x = builder.input({ name: 'input', type: 'float32', dims: ['N', 3, 150, 150] });
  x = builder.op('Relu', [
    network.convolution('conv32_down', x, { stride: 2, padding: 0, ofPixels: true }),
  ]);
  x = builder.op('MaxPool', [x], { kernel_shape: [3, 3], strides: [2, 2] });
  for (const block of ['conv32_1', 'conv32_2', 'conv32_3']) x = network.residual(block, x);
  x = network.down('conv64_down', x, { extraChannels: 32, padConvolved: false });
  for (const block of ['conv64_1', 'conv64_2', 'conv64_3']) x = network.residual(block, x);
  x = network.down('conv128_down', x, { extraChannels: 64, padConvolved: false });
  for (const block of ['conv128_1', 'conv128_2']) x = network.residual(block, x);
  x = network.down('conv256_down', x, { extraChannels: 128, padConvolved: true });
  for (const block of ['conv256_1', 'conv256_2']) x = network.residual(block, x);
  x = network.down('conv256_down_out', x, { extraChannels: 0, padConvolved: true });
  x = builder.op('Flatten', [builder.op('GlobalAveragePool', [x])]);
  x = builder.op('MatMul', [x, builder.constant(network.weights('fc'))]);
  builder.output(x, { name: 'embedding', type: 'float32', dims: ['N', 128] });
  return builder.graph;
}

class DlibNetwork {
  readonly builder = new GraphBuilder();
  readonly #weights: Map<string, Tensor<Float32Array>>;

  constructor(weights: Map<string, Tensor<Float32Array>>) {
    this.#weights = weights;
  }

  weights(name: string): Tensor<Float32Array> {
    const tensor = this.#weights.get(name);
    if (tensor === undefined) throw new Error(`There are no weights "${name}".`);
    return tensor;
  }

  /**
   * A convolution with its affine layer (scale, then bias) folded in. The one `ofPixels` also takes
   * in the normalisation `(v − MEAN)/255`, which is exact since it does not pad.
   */
  convolution(name: string, x: string, { stride = 1, padding = 1, ofPixels = false } = {}): string {
    const scale = this.weights(`${name}/scale/weights`).data;
    const offset = this.weights(`${name}/scale/biases`).data;
    // HWIO → OIHW.
    const kernel = permute(this.weights(`${name}/conv/filters`), [3, 2, 0, 1]);
    const scaled = scaleChannels(kernel, scale);
    const shifted = this.weights(`${name}/conv/bias`).data.map(
      (b, c) => b * (scale[c] ?? 1) + (offset[c] ?? 0),
    );
    const [weights, bias] = ofPixels ? foldNormalisation(scaled, shifted) : [scaled, shifted];
    const inputs = [
      x,
      this.builder.constant(weights),
      this.builder.constant(floats([bias.length], bias)),
    ];
    const [, , ...size] = weights.dims;
    const strides = [stride, stride];
    const pads = [padding, padding, padding, padding];
    return this.builder.op('Conv', inputs, { kernel_shape: size, strides, pads });
  }

  residual(name: string, x: string): string {
    const hidden = this.builder.op('Relu', [this.convolution(`${name}/conv1`, x)]);
    return this.#sum(this.convolution(`${name}/conv2`, hidden), x);
  }

  /**
   * Halves the resolution: the shortcut is average-pooled and gets `extraChannels` of zeros; the
   * convolved branch gets a row and a column of zeros where it comes out one smaller.
   */
  down(name: string, x: string, { extraChannels = 0, padConvolved = false }): string {
    const hidden = this.builder.op('Relu', [
      this.convolution(`${name}/conv1`, x, { stride: 2, padding: 0 }),
    ]);
    const convolved = this.convolution(`${name}/conv2`, hidden);
    const pooled = this.builder.op('AveragePool', [x], { kernel_shape: [2, 2], strides: [2, 2] });
    return this.#sum(
      padConvolved ? this.#padEnd(convolved, [0, 0, 1, 1]) : convolved,
      extraChannels > 0 ? this.#padEnd(pooled, [0, extraChannels, 0, 0]) : pooled,
    );
  }

  #sum(a: string, b: string): string {
    return this.builder.op('Relu', [this.builder.op('Add', [a, b])]);
  }

  #padEnd(x: string, by: [batch: number, channels: number, rows: number, columns: number]): string {
    return this.builder.op('Pad', [x, this.builder.constant(int64s(0, 0, 0, 0, ...by))]);
  }
}

function foldNormalisation(
  kernel: Tensor<Float32Array>,
  bias: Float32Array,
): [weights: Tensor<Float32Array>, bias: Float32Array] {
  const [outputs = 1, inputs = 1] = kernel.dims;
  const size = kernel.data.length / outputs / inputs;
  const shift = new Float64Array(outputs);
  const data = kernel.data.map((weight, i) => {
    const output = Math.floor(i / size / inputs);
    shift[output] =
      (shift[output] ?? 0) + weight * ((MEAN[Math.floor(i / size) % inputs] ?? 0) / 255);
    return weight / 255;
  });
  return [{ dims: kernel.dims, data }, bias.map((b, c) => b - (shift[c] ?? 0))];
}
