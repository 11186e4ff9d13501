import { portraitOf } from '../recognition/face-portrait.ts';
import type { Photo } from '../recognition/photo.ts';
import type { Recognizer } from '../recognition/recognizer.ts';
import type { MeasuredFace, PhotoAnalysis } from './photo-analysis.ts';

/** @throws PhotoError when the photo cannot be read */
export async function analysePhoto(
  recognizer: Recognizer,
  bytes: Uint8Array,
): Promise<PhotoAnalysis> {
  return analyseDecoded(recognizer, await recognizer.decode(bytes));
}

/** @throws PhotoError when finer pixels turn out to be unreadable */
export async function analyseDecoded(recognizer: Recognizer, photo: Photo): Promise<PhotoAnalysis> {
  const faces: MeasuredFace[] = [];
  for (const face of await recognizer.analyze(photo)) {
    const { jpeg: portrait, sharpness } = await portraitOf(photo, face.box);
    faces.push({ ...face, sharpness, portrait });
  }
  const { id, width, threshold } = recognizer.embedder;
  return { model: { id, width, threshold }, width: photo.width, height: photo.height, faces };
}
