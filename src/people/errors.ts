import { FacefleetError } from '../bus/errors.ts';
import { type FoundFace, roundedFound, thousandths } from './rounded-face.ts';

/** Thrown when the gallery has no such person, and no earlier version of it either. */
export class PersonUnknownError extends FacefleetError {
  readonly code = 'person_unknown';

  /** @param whom - as the caller named them */
  constructor(whom: string) {
    super(`The gallery knows nobody called "${whom}".`);
  }
}

/** Thrown when a person has no such face. */
export class FaceUnknownError extends FacefleetError {
  readonly code = 'face_unknown';

  constructor(name: string) {
    super(`There is no such face of "${name}". Look at the person again.`);
  }
}

/** Thrown when nobody can have that name. */
export class NameInvalidError extends FacefleetError {
  readonly code: string;

  constructor({ code, reason }: { code: string; reason: string }) {
    super(reason);
    this.code = code;
  }
}

/** Thrown when somebody else has the name. */
export class NameTakenError extends FacefleetError {
  readonly code = 'name_taken';
  override readonly details: { readonly person: string };

  /** @param person - the id of whoever has it */
  constructor(name: string, person: string) {
    super(`Somebody is called "${name}" already. Merge the two if they are one person.`);
    this.details = { person };
  }
}

/** Thrown when a person is no longer as the caller saw them (`If-Match`). */
export class PersonChangedError extends FacefleetError {
  readonly code = 'changed_meanwhile';

  constructor(name: string) {
    super(
      `"${name}" was changed by somebody else in the meantime. Look again before you change it.`,
    );
  }
}

/** Thrown when a photo to enrol shows nobody. */
export class NoFaceError extends FacefleetError {
  readonly code = 'no_face';

  constructor() {
    super('There is no face on the photo. Choose one that shows the person from the front.');
  }
}

/** Thrown when nobody can tell which of several faces is meant. */
export class SeveralFacesError extends FacefleetError {
  readonly code = 'several_faces';
  override readonly details: { readonly faces: readonly FoundFace[] };

  /** @param faces - largest first; a caller chooses one by its index */
  constructor(faces: readonly FoundFace[]) {
    super(`There are ${faces.length} faces on the photo. Say which one is meant.`);
    this.details = { faces: faces.map(roundedFound) };
  }
}

/** Thrown when a face looks like somebody else of the gallery; it can be confirmed. */
export class FaceOfAnotherError extends FacefleetError {
  readonly code = 'face_of_another';
  override readonly details: {
    readonly person: string;
    readonly name: string;
    readonly similarity: number;
  };

  constructor(other: { readonly id: string; readonly name: string }, similarity: number) {
    super(`The face looks like "${other.name}". Confirm that it is somebody else's.`);
    const { id: person, name } = other;
    this.details = { person, name, similarity: thousandths(similarity) };
  }
}

/** Thrown when the gallery cannot be used as it is: damaged, or made with another model. */
export class GalleryUnusableError extends FacefleetError {
  readonly code = 'gallery_unusable';
}
