import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import sharp from 'sharp';

import { createRecognizer } from '../src/recognition/recognizer.ts';
import { samplePhoto } from '../test/sample-photos.ts';

/** The side of the small photos, LFW's. */
export const SMALL_SIDE = 250;

/** The photos of a folder, subfolders included; small ones of the tests' sample photos without one. */
export async function photosFor(
  folder: string | undefined,
  count: number,
  modelsDir: string,
): Promise<Uint8Array[]> {
  const photos = await (folder === undefined ? smallSamples(modelsDir) : photosIn(folder, count));
  return photos.slice(0, count);
}

async function photosIn(folder: string, count: number): Promise<Uint8Array[]> {
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((name) => /\.(jpe?g|png|webp|gif|tiff?|bmp)$/i.test(name)).toSorted();
  return Promise.all(files.slice(0, count).map((name) => readFile(join(folder, name))));
}

/** A photo of each face in the sample photos, as LFW has them: in the middle of twice its height. */
async function smallSamples(modelsDir: string): Promise<Buffer[]> {
  const recognizer = await createRecognizer({ modelsDir });
  const small: Buffer[] = [];
  for (const n of [1, 2, 3, 4, 5, 6] as const) {
    const photo = await recognizer.decode(await samplePhoto(n));
    for (const { box } of await recognizer.analyze(photo)) {
      const side = box.height * 2.25;
      const x = box.x + (box.width - side) / 2;
      const y = box.y + (box.height - side) / 2;
      const { bitmap } = await photo.view({ x, y, width: side, height: side }, 1);
      const { data, width, height } = bitmap;
      small.push(
        await sharp(data, { raw: { width, height, channels: 4 } })
          .resize(SMALL_SIDE, SMALL_SIDE)
          .jpeg({ quality: 90 })
          .toBuffer(),
      );
    }
  }
  await recognizer.close();
  return small;
}
