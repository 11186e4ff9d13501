import { GraphBuilder } from './graph-builder.ts';
import type { Graph } from './onnx.ts';
import { floats, permute } from './tensor.ts';
import type { FloatTensor } from './tensor.ts';
import type { TfliteModel, TfliteOperator } from './tflite.ts';

/**
 * A TensorFlow Lite model of convolutions, sums and PReLUs (MobileFaceNet's operators) as an ONNX
 * graph from `input` to `output`, activations NCHW instead of NHWC.
 */
export function tfliteToOnnx(model: TfliteModel, input: string, output: string): Graph {
  return new TfliteConverter(model).convert(input, output);
}

class TfliteConverter {
  readonly #model: TfliteModel;
  readonly #builder = new GraphBuilder();
  /** Names in the ONNX graph by tensor. */
  readonly #names = new Map<number, string>();

  constructor(model: TfliteModel) {
    this.#model = model;
  }

  convert(input: string, output: string): Graph {
    this.#names.set(only(this.#model.inputs), input);
    for (const operator of this.#model.operators) {
      const value = this.#convertOperator(operator);
      if (value !== undefined) this.#names.set(only(operator.outputs), value);
    }
    this.#builder.name(this.#nameOf(only(this.#model.outputs)), output);
    return this.#builder.graph;
  }

  /** The name of the result; undefined for the inner parts of a PReLU. */
  #convertOperator(operator: TfliteOperator): string | undefined {
    const { op, inputs } = operator;
    switch (op) {
      case 'CONV_2D':
      case 'DEPTHWISE_CONV_2D':
        return this.#convolution(operator);
      case 'ADD':
        return (
          this.#prelu(operator) ??
          this.#builder.op(
            'Add',
            inputs.map((i) => this.#nameOf(i)),
          )
        );
      case 'RESHAPE':
        return this.#builder.op('Flatten', [this.#nameOf(inputs[0])]);
      case 'RELU':
      case 'ABS':
      case 'SUB':
      case 'MUL':
        return undefined;
      default:
        throw new Error(`The TensorFlow Lite operator ${op} is not supported.`);
    }
  }

  #convolution(operator: TfliteOperator): string {
    const [x, weights, bias] = operator.inputs;
    const isDepthwise = operator.op === 'DEPTHWISE_CONV_2D';
    // OHWI → OIHW; depthwise 1HWC → C1HW.
    const kernel = permute(this.#weights(weights), isDepthwise ? [3, 0, 1, 2] : [0, 3, 1, 2]);
    const [channels = 1, , ...size] = kernel.dims;
    const constants = [kernel, this.#weights(bias)].map((it) => this.#builder.constant(it));
    return this.#builder.op('Conv', [this.#nameOf(x), ...constants], {
      kernel_shape: size,
      strides: operator.options.strides,
      pads: this.#padding(operator, size),
      group: isDepthwise ? channels : 1,
    });
  }

  /** [top, left, bottom, right]; the odd row and column of SAME go to the bottom and the right. */
  #padding({ inputs, outputs, options }: TfliteOperator, kernel: number[]): number[] {
    if (options.padding === 'VALID') return [0, 0, 0, 0];
    const [, ...before] = this.#shape(inputs[0]);
    const [, ...after] = this.#shape(outputs[0]);
    const totals = kernel.map((size, axis) => {
      const covered = ((after[axis] ?? 0) - 1) * (options.strides[axis] ?? 1) + size;
      return Math.max(covered - (before[axis] ?? 0), 0);
    });
    return [
      ...totals.map((all) => Math.floor(all / 2)),
      ...totals.map((all) => Math.ceil(all / 2)),
    ];
  }

  /** PReLU is written as `relu(x) + c·(x − |x|)`, so its slope is 2c; undefined for another sum. */
  #prelu({ inputs }: TfliteOperator): string | undefined {
    const [relu, product] = inputs.map((tensor) => this.#producer(tensor));
    if (relu?.op !== 'RELU' || product?.op !== 'MUL') return undefined;
    const halves = this.#weights(product.inputs[0]).data;
    const slopes = floats(
      [halves.length, 1, 1],
      halves.map((c) => 2 * c),
    );
    return this.#builder.op('PRelu', [
      this.#nameOf(relu.inputs[0]),
      this.#builder.constant(slopes),
    ]);
  }

  #producer(tensor: number): TfliteOperator | undefined {
    return this.#model.operators.find(({ outputs }) => outputs.includes(tensor));
  }

  #nameOf(tensor = -1): string {
    const name = this.#names.get(tensor);
    if (name === undefined) throw new Error(`Tensor ${tensor} is used before it is computed.`);
    return name;
  }

  #shape(tensor = -1): number[] {
    return this.#model.tensors[tensor]?.shape ?? [];
  }

  #weights(tensor = -1): FloatTensor {
    const { shape = [], data } = this.#model.tensors[tensor] ?? {};
    if (data === undefined) throw new Error(`Tensor ${tensor} holds no float32 weights.`);
    return { dims: shape, data };
  }
}

function only(tensors: number[]): number {
  const [tensor, ...others] = tensors;
  if (tensor === undefined || others.length > 0)
    throw new Error(`Not one tensor but ${tensors.length}.`);
  return tensor;
}
