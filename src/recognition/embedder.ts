import { ModelUnavailableError } from './errors.ts';
import { unitVector } from './gallery.ts';
import type { EmbedderDescription } from './model-manifest.ts';
import type { OnnxModel } from './onnx-model.ts';

/** The unit vector of an aligned face, planar RGB of `size` × `size`. */
export async function embedFace(
  model: OnnxModel,
  face: Float32Array,
  { id, size, width }: EmbedderDescription,
): Promise<Float32Array> {
  const outputs = await model.run(face, [1, 3, size, size]);
  const embedding = outputs('embedding');
  if (embedding.length !== width) {
    throw new ModelUnavailableError(
      `The model "${id}" gives ${embedding.length} numbers: set its width in manifest.json.`,
    );
  }
  return unitVector(embedding);
}
