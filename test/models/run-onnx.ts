import { InferenceSession, Tensor } from 'onnxruntime-node';

import { encodeModel } from '../../models/onnx.ts';
import type { Graph } from '../../models/onnx.ts';

/** Runs a model (a graph of ours, or the bytes of an .onnx file) on its one input; the outputs by name. */
export async function runOnnx(
  model: Graph | Uint8Array,
  data: Float32Array | Uint8Array,
  dims: number[],
): Promise<Record<string, Float32Array>> {
  const bytes = model instanceof Uint8Array ? model : encodeModel(model);
  const session = await InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  try {
    const type = data instanceof Uint8Array ? 'uint8' : 'float32';
    const outputs = await session.run({ input: new Tensor(type, data, dims) });
    return Object.fromEntries(
      Object.entries(outputs).map(([name, { data }]) => [
        name,
        Float32Array.from(data as Float32Array),
      ]),
    );
  } finally {
    await session.release();
  }
}

/** The greatest difference between two lists of numbers, as a share of the greatest number in them. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let difference = 0;
  let greatest = 0;
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs((actual[i] ?? NaN) - (expected[i] ?? NaN)));
    greatest = Math.max(greatest, Math.abs(expected[i] ?? NaN));
  }
  return difference / greatest;
}
