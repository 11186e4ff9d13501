import { ModelUnavailableError } from './errors.ts';
import { unitVector } from './gallery.ts';
import type { EmbedderDescription } from './model-manifest.ts';
import type { OnnxModel } from './onnx-model.ts';

/** The unit vector of an aligned face, planar RGB of `size` × `size`. */
export async function embedFace(
  model: OnnxModel,
  face: Float32Array,
  { id, size, width, normalisation }: EmbedderDescription,
): Promise<Float32Array> {
  const pixels = normalisation ? normalise(face, normalisation) : face;
  const outputs = await model.run(pixels, [1, 3, size, size]);
  const embedding = outputs(model.firstOutput);
  if (embedding.length !== width) {
    throw new ModelUnavailableError(
      `The model "${id}" gives ${embedding.length} numbers: set its width in manifest.json.`,
    );
  }
  return unitVector(embedding);
}

const normalise = (
  pixels: Float32Array,
  { mean, scale }: { readonly mean: number; readonly scale: number },
): Float32Array => pixels.map((value) => (value - mean) / scale);
