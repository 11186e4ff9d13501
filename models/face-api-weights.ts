import { z } from 'zod';

import type { FloatTensor } from './tensor.ts';

/** The weights manifest of TensorFlow.js, as face-api uses it: one file of tensors, end to end. */
const weightsManifest = z.tuple([
  z.object({
    weights: z.array(
      z.object({
        name: z.string(),
        shape: z.array(z.number()),
        dtype: z.literal('float32'),
        quantization: z
          .object({ dtype: z.literal('uint8'), scale: z.number(), min: z.number() })
          .optional(),
      }),
    ),
  }),
]);

/** The tensors by name; quantised ones stand for `byte·scale + min`. */
export function readFaceApiWeights(
  bytes: Uint8Array,
  manifest: Uint8Array,
): Map<string, FloatTensor> {
  const [{ weights }] = weightsManifest.parse(JSON.parse(new TextDecoder().decode(manifest)));
  let offset = 0;
  const tensors = weights.map(({ name, shape, quantization }) => {
    const size = shape.reduce((product, dim) => product * dim, 1);
    const raw = Uint8Array.from(bytes.subarray(offset, (offset += quantization ? size : 4 * size)));
    const data = quantization
      ? Float32Array.from(raw).map((byte) => byte * quantization.scale + quantization.min)
      : new Float32Array(raw.buffer);
    return [name, { dims: shape, data }] as const;
  });
  if (offset !== bytes.length)
    throw new Error(`The weights have ${bytes.length} bytes, not ${offset}.`);
  return new Map(tensors);
}
