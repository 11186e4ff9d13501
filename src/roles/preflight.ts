import type { World } from '../bus/world.ts';
import type { Config } from '../config.ts';
import { GalleryRepository } from '../people/gallery-repository.ts';
import { verifyFiles } from '../recognition/model-checksums.ts';
import { readModelSet } from '../recognition/model-manifest.ts';

/**
 * Whether workers will be able to do their work: they would find out too, but each on its own and
 * again and again.
 * @throws ModelUnavailableError, GalleryFormatError, GalleryModelMismatchError
 */
export async function checkWorkerNeeds(
  { galleryBucket }: Pick<World, 'galleryBucket'>,
  { modelsDir, embedder: embedderId }: Config<'modelsDir' | 'embedder'>,
): Promise<void> {
  const models = await readModelSet(modelsDir, embedderId);
  await verifyFiles(models);
  await new GalleryRepository(galleryBucket, models.embedder).load();
}
