import { NoSuchKeyError } from '../bus/errors.ts';
import type { ObjectStore } from '../bus/store.ts';
import type { EnrolledFace, Gallery, Person } from '../recognition/gallery.ts';
import { PersonChangedError } from './errors.ts';
import { copyFace, eraseUnused } from './face-files.ts';

/** Faces on their way from one person to another: copied first, erased where they were last. */
export class FaceMove {
  readonly #bucket: ObjectStore;
  readonly #touched: EnrolledFace[] = [];

  constructor(bucket: ObjectStore) {
    this.#bucket = bucket;
  }

  /** Copies the photos to a person who has not got them; the result belongs into the gallery. */
  async copy(faces: readonly EnrolledFace[], receiver: Person): Promise<EnrolledFace[]> {
    const known = new Set(receiver.faces.map(({ photoSha256 }) => photoSha256));
    const copies: EnrolledFace[] = [];
    for (const from of faces) {
      const isNew = !known.has(from.photoSha256);
      const to = isNew ? await this.#copy(from, receiver) : from;
      this.#touched.push(from, to);
      if (isNew) copies.push(to);
      known.add(from.photoSha256);
    }
    return copies;
  }

  async #copy(face: EnrolledFace, receiver: Person): Promise<EnrolledFace> {
    try {
      return await copyFace(this.#bucket, face, receiver.id);
    } catch (error) {
      if (!(error instanceof NoSuchKeyError)) throw error;
      // Whoever it belonged to is being removed.
      throw new PersonChangedError(receiver.name);
    }
  }

  /** Erases whichever of originals and copies the gallery has not got. */
  finish(gallery: Gallery): Promise<void> {
    return eraseUnused(this.#bucket, gallery, this.#touched);
  }
}
