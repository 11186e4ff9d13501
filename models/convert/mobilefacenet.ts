import { GraphBuilder } from '../graph-builder.ts';
import { normaliseInput } from '../normalise-input.ts';
import type { Graph } from '../onnx.ts';
import { rewritePrelu } from '../prelu.ts';
import { floats, permute } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { readTflite } from '../tflite.ts';
import type { TfliteModel, TfliteOperator } from '../tflite.ts';

/** MobileFaceNet (Chen et al., 2018), from TensorFlow Lite. */
export function mobilefacenet(file: Uint8Array): Graph {
  const model = readTflite(file);
  const builder = new GraphBuilder();
  const values = new Map<number, string>();
  values.set(model.inputs[0] ?? -1, 'input');
  const valueOf = (tensor = -1): string => {
    const value = values.get(tensor);
    if (value === undefined) throw new Error(`Tensor ${tensor} is used before it is computed.`);
    return value;
  };
  for (const operator of model.operators) {
    const [output = -1] = operator.outputs;
    switch (operator.op) {
      case 'CONV_2D':
      case 'DEPTHWISE_CONV_2D':
        values.set(output, convolution(builder, model, operator, valueOf(operator.inputs[0])));
        break;
      case 'ADD': {
        const slopes = preluSlopes(model, operator);
        values.set(
          output,
          slopes === undefined
            ? builder.op('Add', operator.inputs.map(valueOf))
            : builder.op('PRelu', [valueOf(slopes.input), builder.constant(slopes.slopes)]),
        );
        break;
      }
      case 'RESHAPE':
        values.set(output, builder.op('Flatten', [valueOf(operator.inputs[0])]));
        break;
      // The parts of a PReLU, taken up at its ADD.
      case 'RELU':
      case 'ABS':
      case 'SUB':
      case 'MUL':
        break;
      default:
        throw new Error(`${operator.op} is not supported.`);
    }
  }
  builder.output(valueOf(model.outputs[0]), {
    name: 'embedding',
    type: 'float32',
    dims: ['N', 192],
  });
  normaliseInput(
    builder.graph,
    { name: 'input', type: 'float32', dims: ['N', 3, 112, 112] },
    127.5,
    128,
  );
  rewritePrelu(builder.graph);
  return builder.graph;
}

function convolution(
  builder: GraphBuilder,
  model: TfliteModel,
  operator: TfliteOperator,
  input: string,
): string {
  const isDepthwise = operator.op === 'DEPTHWISE_CONV_2D';
  const stored = weightsOf(model, operator.inputs[1]);
  // OHWI → OIHW; depthwise 1HWC → C1HW.
  const weights = permute(stored, isDepthwise ? [3, 0, 1, 2] : [0, 3, 1, 2]);
  const [channels = 1, , ...kernel] = weights.dims;
  return builder.op(
    'Conv',
    [input, builder.constant(weights), builder.constant(weightsOf(model, operator.inputs[2]))],
    {
      kernel_shape: kernel,
      strides: operator.options.strides,
      pads: paddingOf(model, operator, kernel),
      group: isDepthwise ? channels : 1,
    },
  );
}

/** [top, left, bottom, right]; the odd row and column of SAME go to the bottom and the right. */
function paddingOf(model: TfliteModel, operator: TfliteOperator, kernel: number[]): number[] {
  if (operator.options.padding === 'VALID') return [0, 0, 0, 0];
  const inputShape = model.tensors[operator.inputs[0] ?? -1]?.shape ?? [];
  const outputShape = model.tensors[operator.outputs[0] ?? -1]?.shape ?? [];
  const totals = kernel.map((size, i) => {
    const stride = operator.options.strides[i] ?? 1;
    return Math.max(((outputShape[i + 1] ?? 0) - 1) * stride + size - (inputShape[i + 1] ?? 0), 0);
  });
  return [
    ...totals.map((total) => Math.floor(total / 2)),
    ...totals.map((total) => Math.ceil(total / 2)),
  ];
}

/** TensorFlow writes PReLU as `Relu(x) + c·(x − |x|)`: its slope is 2c. Undefined for a plain sum. */
function preluSlopes(
  model: TfliteModel,
  add: TfliteOperator,
): { input: number; slopes: Tensor } | undefined {
  const producer = (tensor: number | undefined): TfliteOperator | undefined =>
    model.operators.find(({ outputs }) => outputs[0] === tensor);
  const relu = producer(add.inputs[0]);
  const product = producer(add.inputs[1]);
  if (relu?.op !== 'RELU' || product?.op !== 'MUL') return undefined;
  const halves = weightsOf(model, product.inputs[0]).data;
  return {
    input: relu.inputs[0] ?? -1,
    slopes: floats(
      [halves.length, 1, 1],
      halves.map((c) => 2 * c),
    ),
  };
}

function weightsOf(model: TfliteModel, index = -1): Tensor<Float32Array> {
  const tensor = model.tensors[index];
  if (tensor?.data === undefined) throw new Error(`Tensor ${index} holds no float32 weights.`);
  return { dims: tensor.shape, data: tensor.data };
}
