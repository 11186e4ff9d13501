import { join } from 'node:path';

import sharp from 'sharp';

import { readManifest } from '../../models/manifest.ts';
import type { PackagedModel } from '../../models/manifest.ts';
import { readPackageFiles } from '../../models/package-file.ts';
import { packageRoot } from '../../src/package-root.ts';
import { samplePhoto } from '../sample-photos.ts';
import { image } from './plain-layers.ts';
import type { Image } from './plain-layers.ts';

export const modelsFolder = join(packageRoot, 'models');

export async function packagedModels(): Promise<PackagedModel[]> {
  const models = await readManifest(modelsFolder);
  return models.filter((model) => model.source !== undefined);
}

/** The published files that a model is built from. */
export async function sourceOf(id: string): Promise<Uint8Array[]> {
  const model = (await packagedModels()).find((it) => it.id === id);
  if (model === undefined) throw new Error(`manifest.json has no source for ${id}.`);
  return readPackageFiles(model.source);
}

/** A real photo, scaled: 0 to 255, RGB. */
export async function photo(height: number, width: number): Promise<Image> {
  const pixels = await sharp(await samplePhoto(1))
    .resize(width, height, { fit: 'cover' })
    .removeAlpha()
    .raw()
    .toBuffer();
  return image(height, width, 3, (y, x, c) => pixels[(y * width + x) * 3 + c] ?? 0);
}
