import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import sharp from 'sharp';

import { packageRoot } from '../src/package-root.ts';
import { createRecognizer } from '../src/recognition/recognizer.ts';
import { samplePhoto, type SamplePhotoNumber } from './sample-photos.ts';

/** A person of the sample photos, alone: cut out of a group. */
export interface Portrait {
  readonly name: string;
  readonly photo: Uint8Array;
}

/** The people of one sample photo, cut out with room around the face; largest face first. */
export async function portraitsOf(sample: SamplePhotoNumber): Promise<Portrait[]> {
  const group = await samplePhoto(sample);
  const recognizer = await createRecognizer({ modelsDir: join(packageRoot, 'models') });
  try {
    const faces = await recognizer.analyze(await recognizer.decode(group));
    const { width, height } = await sharp(group).metadata();
    return await Promise.all(
      faces.map(async ({ box }, index) => {
        const margin = box.width * 0.4;
        const left = Math.max(0, Math.round(box.x - margin));
        const top = Math.max(0, Math.round(box.y - margin));
        const photo = await sharp(group)
          .extract({
            left,
            top,
            width: Math.min(width - left, Math.round(box.width + 2 * margin)),
            height: Math.min(height - top, Math.round(box.height + 2 * margin)),
          })
          .jpeg({ quality: 92 })
          .toBuffer();
        return { name: `Person ${sample}.${index + 1}`, photo };
      }),
    );
  } finally {
    await recognizer.close();
  }
}

/** Another photo of the same person: tilted, darker, softer. */
export const anotherPhotoOf = ({ photo }: Portrait): Promise<Uint8Array> =>
  sharp(photo)
    .rotate(8, { background: '#777' })
    .modulate({ brightness: 0.8 })
    .blur(0.8)
    .jpeg()
    .toBuffer();

/** Writes portraits as `facefleet enroll` wants them: one folder a person. */
export async function writePeople(folder: string, portraits: readonly Portrait[]): Promise<void> {
  for (const { name, photo } of portraits) {
    await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, name, 'portrait.jpg'), photo);
  }
}
