import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { FacefleetError } from '../src/bus/errors.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'not a SHA-256 in hex');

/** A model that somebody put there by hand. */
const ownModel = z.object({ id: z.string(), file: z.string(), source: z.undefined().optional() });

/** A model that is built from files of a pinned npm package. */
const packagedModel = z.object({
  id: z.string(),
  file: z.string(),
  /** Of the built file. */
  sha256,
  licence: z.string(),
  source: z.object({
    package: z.string(),
    version: z.string(),
    /** Subresource integrity of the package's tarball, as the registry states it. */
    integrity: z.string(),
    files: z.array(z.object({ path: z.string(), sha256 })).min(1),
  }),
});

/** What the build needs to know; the rest of an entry is for whoever runs the model. */
const manifest = z.object({ models: z.array(z.union([ownModel, packagedModel])) });

export type PackagedModel = z.infer<typeof packagedModel>;
export type ModelEntry = z.infer<typeof manifest>['models'][number];

/** Thrown when manifest.json is absent or not what its schema says. */
export class ManifestMalformedError extends FacefleetError {
  readonly code = 'manifest_malformed';
}

/**
 * The entries of manifest.json in `folder`, where the .onnx files lie too.
 * @throws ManifestMalformedError
 */
export async function readManifest(folder: string): Promise<ModelEntry[]> {
  const path = join(folder, 'manifest.json');
  try {
    const json: unknown = JSON.parse(await readFile(path, 'utf8'));
    return manifest.parse(json).models;
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new ManifestMalformedError(`${path} cannot be used: ${reason}`, { cause });
  }
}
