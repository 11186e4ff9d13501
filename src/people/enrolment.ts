import type { ObjectStore } from '../bus/store.ts';
import { PhotoError } from '../recognition/errors.ts';
import { type EnrolledFace, Gallery, type Person } from '../recognition/gallery.ts';
import { photoSha256Of, storeFace } from './face-files.ts';
import type { GalleryRepository } from './gallery-repository.ts';
import { nameFault } from './person-name.ts';
import type { MeasuredFace, PhotoAnalysis } from './photo-analysis.ts';
import { subjectOf } from './subject.ts';

export interface EnrolmentPorts {
  /** @throws PhotoError */
  readonly analyse: (photo: Uint8Array) => Promise<PhotoAnalysis>;
  readonly bucket: ObjectStore;
  readonly repository: GalleryRepository;
  /** A fresh id, of a person or a face. */
  readonly newId: () => string;
}

/** What became of one photo. */
export type EnrolmentResult =
  | { readonly kind: 'enrolled'; readonly face: EnrolledFace }
  | { readonly kind: 'already_enrolled' }
  | { readonly kind: 'skipped'; readonly code: string; readonly reason: string };

type Skipped = Extract<EnrolmentResult, { kind: 'skipped' }>;

/** A person with the SHA-256 of the photos that the gallery holds of them, or is about to. */
interface KnownPerson {
  readonly id: string;
  readonly name: string;
  readonly photos: Set<string>;
}

interface Subject {
  readonly kind: 'subject';
  readonly face: MeasuredFace;
}

interface NewFace {
  readonly person: KnownPerson;
  readonly face: EnrolledFace;
}

/** Enrols photos of people; what is enrolled is in use by running workers within two seconds. */
export class Enrolment {
  readonly #ports: EnrolmentPorts;
  readonly #people = new Map<string, KnownPerson>();
  #pending: NewFace[] = [];

  private constructor(ports: EnrolmentPorts, gallery: Gallery) {
    this.#ports = ports;
    for (const { id, name, faces } of gallery.people) {
      this.#people.set(name, { id, name, photos: new Set(faces.map((face) => face.photoSha256)) });
    }
  }

  /** @throws GalleryModelMismatchError when the gallery was made with another model */
  static async begin(ports: EnrolmentPorts): Promise<Enrolment> {
    const { gallery } = await ports.repository.load();
    return new Enrolment(ports, gallery);
  }

  /**
   * Takes one photo of one person: stores the photo and keeps the face for the next `save`. The
   * same photo of the same person is taken once, however often it comes.
   */
  async add(name: string, photo: Uint8Array): Promise<EnrolmentResult> {
    const fault = nameFault(name);
    if (fault !== undefined) return { kind: 'skipped', ...fault };
    const photoSha256 = photoSha256Of(photo);
    const person = this.#person(name);
    if (person.photos.has(photoSha256)) return { kind: 'already_enrolled' };

    const subject = await this.#subjectOf(photo);
    if (subject.kind === 'skipped') return subject;

    const { bucket, newId } = this.#ports;
    const face = await storeFace(bucket, person.id, photo, subject.face, newId());
    person.photos.add(photoSha256);
    this.#pending.push({ person, face });
    return { kind: 'enrolled', face };
  }

  /** Puts the faces added since the last time into the gallery. */
  async save(): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    await this.#ports.repository.update(async (gallery) =>
      withFaces(gallery, await this.#withPhotos(pending)),
    );
  }

  /** Those whose photo is still there: it was erased with the person if they were removed meanwhile. */
  async #withPhotos(faces: readonly NewFace[]): Promise<NewFace[]> {
    const kept: NewFace[] = [];
    for (const added of faces) {
      if (await this.#ports.bucket.head(added.face.photoKey)) kept.push(added);
    }
    return kept;
  }

  #person(name: string): KnownPerson {
    const person = this.#people.get(name) ?? { id: this.#ports.newId(), name, photos: new Set() };
    this.#people.set(name, person);
    return person;
  }

  async #subjectOf(bytes: Uint8Array): Promise<Subject | Skipped> {
    try {
      const photo = await this.#ports.analyse(bytes);
      const face = subjectOf(photo, photo.faces);
      return face ? { kind: 'subject', face } : noSubject(photo.faces.length);
    } catch (error) {
      if (!(error instanceof PhotoError)) throw error;
      return { kind: 'skipped', code: error.code, reason: error.message };
    }
  }
}

function noSubject(faces: number): Skipped {
  return faces === 0
    ? { kind: 'skipped', code: 'no_face', reason: 'There is no face on it.' }
    : {
        kind: 'skipped',
        code: 'several_faces',
        reason: `There are ${faces} faces on it, and it is not plain which one is meant.`,
      };
}

function withFaces(gallery: Gallery, added: readonly NewFace[]): Gallery {
  if (added.length === 0) return gallery;
  const people = new Map<string, Person>(gallery.people.map((person) => [person.name, person]));
  for (const { person: newcomer, face } of added) {
    const person = people.get(newcomer.name) ?? { id: newcomer.id, name: newcomer.name, faces: [] };
    // Another enrolment may have taken the same photo in the meantime.
    if (person.faces.some(({ photoSha256 }) => photoSha256 === face.photoSha256)) continue;
    people.set(person.name, { ...person, faces: [...person.faces, face] });
  }
  return new Gallery(gallery.model, [...people.values()]);
}
