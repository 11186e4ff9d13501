import { join } from 'node:path';

import { FacefleetError } from '../src/bus/errors.ts';
import { dlib } from './convert/dlib.ts';
import { frFeature } from './convert/fr-feature.ts';
import { landmarks68 } from './convert/landmarks68.ts';
import { mobilefacenet } from './convert/mobilefacenet.ts';
import { ultraface } from './convert/ultraface.ts';
import type { PackagedModel } from './manifest.ts';
import { encodeModel } from './onnx.ts';
import type { Graph } from './onnx.ts';
import { sha256 } from './sha256.ts';
import { writeWhole } from './write-whole.ts';

/** How the files of each model's source become a graph, by the model's id. */
const CONVERTERS: Record<string, (...files: Uint8Array[]) => Graph> = {
  ultraface,
  landmarks68,
  mobilefacenet,
  fr_feature: frFeature,
  dlib,
};

/** Thrown when a model comes out different from what the manifest says of it. */
export class ModelMismatchError extends FacefleetError {
  readonly code = 'model_mismatch';
}

/** Thrown when a model cannot be written: no space, no permission. */
export class ModelNotWrittenError extends FacefleetError {
  readonly code = 'model_not_written';
}

/**
 * Builds a model from the files of its source and writes it into `folder`, whole or not at all.
 * Resolves to its size in bytes.
 * @throws ModelMismatchError, ModelNotWrittenError
 */
export async function buildModel(
  folder: string,
  model: PackagedModel,
  files: readonly Uint8Array[],
): Promise<number> {
  const convert = CONVERTERS[model.id];
  if (convert === undefined) {
    throw new ModelMismatchError(
      `manifest.json gives the model "${model.id}" a source, but there is no converter for it.`,
    );
  }
  const bytes = encodeModel(convert(...files));
  const built = sha256(bytes);
  if (built !== model.sha256) {
    throw new ModelMismatchError(
      `${model.file} was built with the SHA-256 ${built}, but manifest.json says ${model.sha256}.`,
    );
  }
  const path = join(folder, model.file);
  try {
    await writeWhole(path, bytes);
  } catch (cause) {
    throw new ModelNotWrittenError(`${path} could not be written: ${reasonOf(cause)}`, { cause });
  }
  return bytes.length;
}

const reasonOf = (cause: unknown): string =>
  cause instanceof Error ? cause.message : String(cause);
