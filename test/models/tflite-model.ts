import type { TfliteModel, TfliteOperator, TfliteTensor } from '../../models/tflite.ts';
import { add, convolve, map } from './plain-layers.ts';
import type { Image } from './plain-layers.ts';

/** Evaluates a TensorFlow Lite model of MobileFaceNet's operators on one image, in plain loops. */
export function evaluateTflite(model: TfliteModel, input: Image): Image {
  const values = new Map<number, Image>([[model.inputs[0] ?? -1, input]]);
  const valueOf = (tensor = -1): Image => {
    const value = values.get(tensor);
    if (value === undefined) throw new Error(`Tensor ${tensor} has no value.`);
    return value;
  };
  for (const operator of model.operators) {
    values.set(operator.outputs[0] ?? -1, evaluate(model, operator, valueOf));
  }
  return valueOf(model.outputs[0]);
}

function evaluate(
  model: TfliteModel,
  { op, inputs, options }: TfliteOperator,
  valueOf: (tensor?: number) => Image,
): Image {
  const weightsOf = (tensor = -1): Required<TfliteTensor> => {
    const it = model.tensors[tensor];
    if (it?.data === undefined) throw new Error(`Tensor ${tensor} has no weights.`);
    return { ...it, data: it.data };
  };
  const [a, b, c] = inputs;
  switch (op) {
    case 'RELU':
      return map(valueOf(a), (value) => Math.max(value, 0));
    case 'ABS':
      return map(valueOf(a), Math.abs);
    case 'SUB': {
      const [left, right] = [valueOf(a), valueOf(b)];
      return map(
        left,
        (value, y, x, channel) =>
          value - (right.data[(y * right.width + x) * right.channels + channel] ?? 0),
      );
    }
    case 'MUL': {
      const factors = weightsOf(a).data;
      return map(valueOf(b), (value, _y, _x, channel) => value * (factors[channel] ?? 0));
    }
    case 'ADD':
      return add(valueOf(a), valueOf(b));
    case 'RESHAPE':
      return valueOf(a);
    case 'CONV_2D':
    case 'DEPTHWISE_CONV_2D': {
      const depthwise = op === 'DEPTHWISE_CONV_2D';
      const { shape, data } = weightsOf(b);
      const [, rows = 0, columns = 0, last = 0] = shape;
      const bias = weightsOf(c).data;
      return convolve(valueOf(a), {
        kernel: [rows, columns],
        stride: options.strides[0],
        padding: options.padding,
        outputs: depthwise ? last : (shape[0] ?? 0),
        depthwise,
        weight: (ky, kx, input, output) =>
          (depthwise
            ? data[(ky * columns + kx) * last + output]
            : data[((output * rows + ky) * columns + kx) * last + input]) ?? 0,
        bias: (output) => bias[output] ?? 0,
      });
    }
    default:
      throw new Error(`The operator ${op} is not known here.`);
  }
}
