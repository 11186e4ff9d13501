import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Photo } from '../src/recognition/photo.ts';
import type { AnalyzedFace, Recognizer } from '../src/recognition/recognizer.ts';
import { progressBar } from './progress.ts';

/**
 * The embedding of the person each photo is about, by path; photos without a face are left out.
 */
export async function embedSubjects(
  recognizer: Recognizer,
  folder: string,
  paths: readonly string[],
): Promise<Map<string, Float32Array>> {
  const embeddings = new Map<string, Float32Array>();
  const progress = progressBar('photos', paths.length);
  for (const path of paths) {
    const photo = await recognizer.decode(await readFile(join(folder, path)));
    const subject = subjectOf(await recognizer.analyze(photo), photo);
    if (subject) embeddings.set(path, subject.embedding);
    progress.increment();
  }
  progress.stop();
  return embeddings;
}

/**
 * The face a photo is about: the largest one, a face off the centre counting less (area minus twice
 * the squared distance, as FaceNet's and InsightFace's evaluations of LFW choose it).
 */
function subjectOf(faces: readonly AnalyzedFace[], photo: Photo): AnalyzedFace | undefined {
  const merit = ({ box: { x, y, width, height } }: AnalyzedFace): number =>
    width * height -
    2 * ((x + width / 2 - photo.width / 2) ** 2 + (y + height / 2 - photo.height / 2) ** 2);
  return faces.toSorted((one, other) => merit(other) - merit(one))[0];
}
