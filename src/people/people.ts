import type { ObjectStore } from '../bus/store.ts';
import { RecognitionError } from '../recognition/errors.ts';
import { type EnrolledFace, Gallery, type Person } from '../recognition/gallery.ts';
import { exportGallery } from './archive-export.ts';
import { FaceUnknownError, GalleryUnusableError } from './errors.ts';
import { eraseUnused, portraitKeyOf } from './face-files.ts';
import { FaceMove } from './face-move.ts';
import { galleryReader, GalleryRepository } from './gallery-repository.ts';
import { checkUnchanged, facesOf, personIn, withoutFaces, withPerson } from './person-changes.ts';
import {
  type PeoplePage,
  type PeopleQuery,
  type PersonView,
  pageOf,
  viewOf,
} from './person-view.ts';
import { eraseVersions, removePeople } from './removal.ts';

export interface PeoplePorts {
  readonly bucket: ObjectStore;
  /** A fresh id, of a person or a face. */
  readonly newId: () => string;
}

/** A change of one person, if they still are as the caller saw them. */
export interface Condition {
  /** A person's `etag`; any when left out. */
  readonly ifMatch?: string | undefined;
}

/** Where split-off faces go: to a new person of that name, or to somebody else, by id. */
export type Receiver = { readonly name: string } | { readonly person: string };

/**
 * The people of the gallery, to be seen and changed one at a time. Every change is one new version of
 * the gallery, whoever else changes it at the same time; running workers use it within two seconds.
 * Each method may throw a GalleryUnusableError.
 */
export class People {
  readonly #ports: PeoplePorts;
  readonly #repository: GalleryRepository;
  readonly #read: () => Promise<Gallery>;

  constructor(ports: PeoplePorts) {
    this.#ports = ports;
    this.#repository = new GalleryRepository(ports.bucket);
    this.#read = galleryReader(ports.bucket);
  }

  async list(query: PeopleQuery): Promise<PeoplePage> {
    return pageOf((await usable(this.#read())).people, query);
  }

  /** @throws PersonUnknownError */
  async find(id: string): Promise<PersonView> {
    return viewOf(await this.#person(id));
  }

  /** Adds somebody without a face, who is recognised once they have one. @throws NameInvalidError, NameTakenError */
  async create(name: string): Promise<PersonView> {
    const person: Person = { id: this.#ports.newId(), name, faces: [] };
    return this.#change(person.id, (gallery) => withPerson(gallery, person));
  }

  /** @throws PersonUnknownError, PersonChangedError, NameInvalidError, NameTakenError */
  async rename(id: string, name: string, { ifMatch }: Condition = {}): Promise<PersonView> {
    return this.#change(id, (gallery) => {
      const person = personIn(gallery, id);
      checkUnchanged(person, ifMatch);
      return withPerson(gallery, { ...person, name });
    });
  }

  /** Makes one person of several: the first gets the faces of the others, who are no more. @throws PersonUnknownError, PersonChangedError */
  async merge(
    id: string,
    others: readonly string[],
    { ifMatch }: Condition = {},
  ): Promise<PersonView> {
    return this.#moving(id, async (gallery, move) => {
      const person = personIn(gallery, id);
      checkUnchanged(person, ifMatch);
      const merged = new Set(
        others.filter((other) => other !== id).map((other) => personIn(gallery, other)),
      );
      const faces = [...merged].flatMap((other) => other.faces);
      const copies = await move.copy(faces, person);
      const whole = { ...person, faces: [...person.faces, ...copies] };
      const left = gallery.people.filter((each) => !merged.has(each));
      return withPerson(new Gallery(gallery.model, left), whole);
    });
  }

  /** Takes faces away from a person and gives them to another one, who is returned. @throws PersonUnknownError, PersonChangedError, FaceUnknownError, NameInvalidError, NameTakenError */
  async split(
    id: string,
    faceIds: readonly string[],
    to: Receiver,
    { ifMatch }: Condition = {},
  ): Promise<PersonView> {
    const receiverId = 'person' in to ? to.person : this.#ports.newId();
    return this.#moving(receiverId, async (gallery, move) => {
      const person = personIn(gallery, id);
      checkUnchanged(person, ifMatch);
      const faces = facesOf(person, faceIds);
      const receiver =
        'person' in to
          ? personIn(gallery, to.person)
          : { id: receiverId, name: to.name, faces: [] };
      if (receiver === person) return gallery;
      const left = withPerson(gallery, withoutFaces(person, faces));
      // A name that is taken is found out before anything is copied.
      withPerson(left, receiver);
      const copies = await move.copy(faces, receiver);
      return withPerson(left, { ...receiver, faces: [...receiver.faces, ...copies] });
    });
  }

  /** Erases a person, see `removePeople`. @throws PersonUnknownError, PersonChangedError */
  async remove(id: string, { ifMatch }: Condition = {}): Promise<void> {
    await usable(
      removePeople(this.#ports.bucket, {
        whom: id,
        isMeant: (person) => person.id === id,
        check: (person) => checkUnchanged(person, ifMatch),
      }),
    );
  }

  /** Erases one face: its photo, and its embedding in every version. @throws PersonUnknownError, FaceUnknownError, PersonChangedError */
  async removeFace(id: string, faceId: string, { ifMatch }: Condition = {}): Promise<void> {
    let removed: readonly EnrolledFace[] = [];
    const left = await usable(
      this.#repository.update((gallery) => {
        const person = personIn(gallery, id);
        checkUnchanged(person, ifMatch);
        removed = facesOf(person, [faceId]);
        return withPerson(gallery, withoutFaces(person, removed));
      }),
    );
    const versions = await this.#repository.earlierVersions();
    await eraseUnused(this.#ports.bucket, left, removed);
    await eraseVersions(versions, (person) => person.faces.some((face) => face.id === faceId));
  }

  /** The photo that a face was enrolled with, as it was sent. @throws PersonUnknownError, FaceUnknownError */
  async photo(id: string, faceId: string): Promise<Uint8Array> {
    return (await this.#ports.bucket.get((await this.#face(id, faceId)).photoKey)).body;
  }

  /** The face by itself, or the whole photo where there is no such picture. @throws PersonUnknownError, FaceUnknownError */
  async portrait(id: string, faceId: string): Promise<Uint8Array> {
    const face = await this.#face(id, faceId);
    const key = portraitKeyOf(face);
    const hasPortrait = (await this.#ports.bucket.head(key)) !== undefined;
    return (await this.#ports.bucket.get(hasPortrait ? key : face.photoKey)).body;
  }

  /** The whole gallery as a zip, see `exportGallery`. */
  async exportAll(): Promise<ReadableStream<Uint8Array>> {
    return exportGallery(this.#ports.bucket, await usable(this.#read()));
  }

  async #person(id: string): Promise<Person> {
    return personIn(await usable(this.#read()), id);
  }

  async #face(id: string, faceId: string): Promise<EnrolledFace> {
    const person = await this.#person(id);
    const [face] = facesOf(person, [faceId]);
    if (face === undefined) throw new FaceUnknownError(person.name);
    return face;
  }

  /** Changes the gallery; the result is the person of that id then. */
  async #change(
    id: string,
    change: (gallery: Gallery) => Gallery | Promise<Gallery>,
  ): Promise<PersonView> {
    return viewOf(personIn(await usable(this.#repository.update(change)), id));
  }

  /** A change that takes photos along. Whichever way it ends, each photo is where the gallery says. */
  async #moving(
    id: string,
    change: (gallery: Gallery, move: FaceMove) => Promise<Gallery>,
  ): Promise<PersonView> {
    const move = new FaceMove(this.#ports.bucket);
    try {
      return await this.#change(id, (gallery) => change(gallery, move));
    } finally {
      await move.finish((await usable(this.#repository.load())).gallery);
    }
  }
}

/** What is wrong with the gallery itself, callers are told in one way. */
export async function usable<T>(step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    if (!(error instanceof RecognitionError)) throw error;
    throw new GalleryUnusableError(error.message, { cause: error });
  }
}
