import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { ModelUnavailableError } from './errors.ts';

const model = z.object({
  id: z.string(),
  file: z.string(),
  /** Hex; absent for a model that somebody put there by hand. */
  sha256: z.string().optional(),
});

const embedder = model.extend({
  role: z.literal('embedder'),
  /** Numbers in an embedding. */
  width: z.int().positive(),
  /** Side of the square input in pixels. */
  size: z.int().positive(),
  /** How a face must lie in the input. */
  template: z.enum(['arcface', 'dlib']),
  /** The model wants (v − mean)/scale of each colour v; 0 to 255 as it is when absent. */
  normalisation: z.object({ mean: z.number(), scale: z.number().positive() }).optional(),
  /** The least similarity (cosine) of two photos of one person. */
  threshold: z.number().min(-1).max(1),
});

const entry = z.discriminatedUnion('role', [
  model.extend({ role: z.literal('detector') }),
  model.extend({ role: z.literal('landmarks') }),
  embedder,
]);

const manifest = z.object({ models: z.array(z.looseObject({ id: z.string() })) });

type ModelEntry = z.infer<typeof entry>;

export type EmbedderDescription = z.infer<typeof embedder>;

/** The models that recognise faces together, each with the path of its file. */
export interface ModelSet {
  readonly detectorPath: string;
  readonly landmarksPath: string;
  readonly embedderPath: string;
  readonly embedder: EmbedderDescription;
  /** All of them, as the manifest describes their files. */
  readonly files: readonly ModelFile[];
}

export interface ModelFile {
  readonly id: string;
  readonly path: string;
  /** Hex; absent when the manifest does not tell. */
  readonly sha256?: string | undefined;
}

/**
 * Reads `manifest.json` in the models folder and picks the embedder of that id, or the first one.
 * @throws ModelUnavailableError
 */
export async function readModelSet(modelsDir: string, embedderId?: string): Promise<ModelSet> {
  const models = await readManifest(modelsDir);
  const detector = models.find(({ role }) => role === 'detector');
  const landmarks = models.find(({ role }) => role === 'landmarks');
  const embedders = models.filter((entry) => entry.role === 'embedder');
  const chosen =
    embedderId === undefined ? embedders[0] : embedders.find(({ id }) => id === embedderId);
  if (!detector || !landmarks || !chosen) {
    const known = embedders.map(({ id }) => id).join(', ');
    throw new ModelUnavailableError(
      embedderId === undefined || chosen
        ? `${join(modelsDir, 'manifest.json')} must list a detector, a landmarks model and an embedder.`
        : `There is no embedder "${embedderId}": choose one of ${known}, or add it to the manifest.`,
    );
  }
  const [detectorPath, landmarksPath, embedderPath] = await Promise.all([
    presentFile(modelsDir, detector.file),
    presentFile(modelsDir, landmarks.file),
    presentFile(modelsDir, chosen.file),
  ]);
  const files = [
    { id: detector.id, path: detectorPath, sha256: detector.sha256 },
    { id: landmarks.id, path: landmarksPath, sha256: landmarks.sha256 },
    { id: chosen.id, path: embedderPath, sha256: chosen.sha256 },
  ];
  return { detectorPath, landmarksPath, embedderPath, embedder: chosen, files };
}

async function presentFile(modelsDir: string, file: string): Promise<string> {
  const path = join(modelsDir, file);
  try {
    await access(path);
    return path;
  } catch (cause) {
    throw new ModelUnavailableError(
      `The model ${path} is missing: build it with \`npm run models\`.`,
      { cause },
    );
  }
}

async function readManifest(modelsDir: string): Promise<ModelEntry[]> {
  const path = join(modelsDir, 'manifest.json');
  const { models } = await parsedManifest(path);
  return models.map((candidate) => {
    const { success, data, error } = entry.safeParse(candidate);
    if (success) return data;
    const faults = error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ModelUnavailableError(
      `The entry "${candidate.id}" in ${path} is not right (${faults.join('; ')}): ` +
        'see models/README.md for what belongs into it.',
      { cause: error },
    );
  });
}

async function parsedManifest(path: string): Promise<z.infer<typeof manifest>> {
  try {
    return manifest.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    throw new ModelUnavailableError(
      `${path} is missing or not a manifest of models: restore it from the repository.`,
      { cause },
    );
  }
}
