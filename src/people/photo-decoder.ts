import type { DecodedPhoto } from '../bus/decoded-photo.ts';
import { PhotoRejectedError } from '../bus/errors.ts';
import type { Outcome } from '../bus/messages.ts';
import { PhotoError } from '../recognition/errors.ts';
import type { Gallery } from '../recognition/gallery.ts';
import type { Photo } from '../recognition/photo.ts';
import type { OnStage, Recognizer } from '../recognition/recognizer.ts';
import { analyseDecoded } from './analyse-photo.ts';
import { encodeAnalysis } from './photo-analysis.ts';
import { rounded } from './rounded-face.ts';

/**
 * What a worker needs of recognition: bytes in, then faces with names. Both steps throw
 * PhotoRejectedError when the photo itself is to blame.
 */
export function photoDecoder(
  recognizer: Recognizer,
  gallery: () => Gallery,
): (bytes: Uint8Array) => Promise<DecodedPhoto> {
  const recognise = async (photo: Photo, onStep?: OnStage): Promise<Outcome> => {
    const current = gallery();
    const faces = await blamingThePhoto(recognizer.recognize(photo, current, onStep));
    return { faces: faces.map(rounded), gallerySize: current.people.length };
  };
  return async (bytes) => {
    const photo = await blamingThePhoto(recognizer.decode(bytes));
    return {
      bytes,
      recognise: (onStep) => recognise(photo, onStep),
      analyse: async () => encodeAnalysis(await blamingThePhoto(analyseDecoded(recognizer, photo))),
    };
  };
}

async function blamingThePhoto<T>(step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    if (!(error instanceof PhotoError)) throw error;
    throw new PhotoRejectedError(error.code, error.message, { cause: error });
  }
}
