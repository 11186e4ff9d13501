import type { ObjectStore } from '../bus/store.ts';
import type { EnrolledFace, Gallery, Person } from '../recognition/gallery.ts';
import { FaceOfAnotherError, NoFaceError, SeveralFacesError } from './errors.ts';
import { eraseUnused, photoSha256Of, storeFace } from './face-files.ts';
import { type QualityHint, qualityHints } from './face-quality.ts';
import { GalleryRepository } from './gallery-repository.ts';
import { usable } from './people.ts';
import { personIn, personMeant, type Whom, withPerson } from './person-changes.ts';
import { type PersonView, viewOf } from './person-view.ts';
import type { MeasuredFace, PhotoAnalysis } from './photo-analysis.ts';
import { subjectOf } from './subject.ts';

export interface FaceEnrolmentPorts {
  readonly bucket: ObjectStore;
  readonly newId: () => string;
  /** Whoever can recognise faces looks at the photo. */
  readonly analyse: (photo: Uint8Array) => Promise<PhotoAnalysis>;
}

/** A photo of one person. */
export interface FaceToEnrol {
  readonly whom: Whom;
  readonly photo: Uint8Array;
  /** Which of the photo's faces it is, 0 for the largest; the plain subject of the photo when left out. */
  readonly face?: number | undefined;
  /** Whether the face is this person's though it looks like somebody else's. */
  readonly isConfirmed?: boolean | undefined;
}

export interface FaceEnrolled {
  readonly person: PersonView;
  /** The id of the face. */
  readonly face: string;
  /** Whether the photo was there before. */
  readonly isKnown: boolean;
  readonly hints: readonly QualityHint[];
}

/**
 * Enrols one photo of one person. The photo is stored, and the face in use by running workers within
 * two seconds, or else nothing is left of it, nor of somebody new.
 * @throws PersonUnknownError, NameInvalidError, NoFaceError, SeveralFacesError, FaceOfAnotherError,
 *   GalleryUnusableError, and what `analyse` throws
 */
export async function enrolFace(
  { bucket, newId, analyse }: FaceEnrolmentPorts,
  { whom, photo, face: index, isConfirmed = false }: FaceToEnrol,
): Promise<FaceEnrolled> {
  const { gallery: before } = await usable(new GalleryRepository(bucket).load());
  /** Of whoever is new; also of somebody who is erased meanwhile, whose own id is never used again. */
  const freshId = newId();
  let person = personMeant(before, whom, freshId);
  // A name that nobody can have is found out before anybody looks at the photo.
  withPerson(before, person);
  const known = knownFace(person, photo);
  if (known !== undefined) return known;

  const analysis = await analyse(photo);
  const subject = chosenFace(analysis, index);
  const repository = new GalleryRepository(bucket, analysis.model);
  const faceId = newId();
  /** By the person's id: somebody else may begin to have that name meanwhile. */
  const stored = new Map<string, EnrolledFace>();
  try {
    const gallery = await usable(
      repository.update(async (current) => {
        person = personMeant(current, whom, freshId);
        if (!isConfirmed) checkWhose(subject, person, current, analysis.model.threshold);
        if (knownFace(person, photo)) return current;
        const { id } = person;
        const face = stored.get(id) ?? (await storeFace(bucket, id, photo, subject, faceId));
        stored.set(id, face);
        return withPerson(current, { ...person, faces: [...person.faces, face] });
      }),
    );
    person = personIn(gallery, person.id);
    const face = knownFace(person, photo)?.face ?? faceId;
    return {
      person: viewOf(person),
      face,
      isKnown: face !== faceId,
      hints: qualityHints(subject),
    };
  } finally {
    await eraseUnused(bucket, (await usable(repository.load())).gallery, [...stored.values()]);
  }
}

/** What there is to say when the person was enrolled with the photo before. */
function knownFace(person: Person, photo: Uint8Array): FaceEnrolled | undefined {
  const sha256 = photoSha256Of(photo);
  const face = person.faces.find(({ photoSha256 }) => photoSha256 === sha256);
  return face && { person: viewOf(person), face: face.id, isKnown: true, hints: [] };
}

/** @throws NoFaceError, SeveralFacesError */
function chosenFace(photo: PhotoAnalysis, index: number | undefined): MeasuredFace {
  const { faces } = photo;
  if (faces.length === 0) throw new NoFaceError();
  const face = index === undefined ? subjectOf(photo, faces) : faces[index];
  if (face === undefined) throw new SeveralFacesError(faces);
  return face;
}

/** @throws FaceOfAnotherError when the face is most like somebody else's, and like enough to be theirs */
function checkWhose(
  { embedding }: MeasuredFace,
  person: Person,
  gallery: Gallery,
  threshold: number,
): void {
  const match = gallery.search(embedding);
  if (match === undefined || match.person.id === person.id || match.similarity < threshold) return;
  throw new FaceOfAnotherError(match.person, match.similarity);
}
