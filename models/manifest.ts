import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A model that somebody put there by hand. */
const ownModel = z.object({ id: z.string(), file: z.string() });

/** A model that is built from files of an npm package. */
const packagedModel = ownModel.extend({
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
const manifest = z.object({
  models: z.array(z.union([packagedModel, ownModel.extend({ source: z.undefined() })])),
});

export type PackagedModel = z.infer<typeof packagedModel>;
export type ModelEntry = z.infer<typeof manifest>['models'][number];

/** The entries of manifest.json in `folder`, where the .onnx files lie too. */
export async function readManifest(folder: string): Promise<ModelEntry[]> {
  const json: unknown = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
  return manifest.parse(json).models;
}
