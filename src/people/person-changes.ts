import { type EnrolledFace, Gallery, type Person } from '../recognition/gallery.ts';
import {
  FaceUnknownError,
  NameInvalidError,
  NameTakenError,
  PersonChangedError,
  PersonUnknownError,
} from './errors.ts';
import { nameFault } from './person-name.ts';
import { viewOf } from './person-view.ts';

// Steps of `GalleryRepository.update`: what becomes of one version of the gallery.

/** @throws PersonUnknownError */
export function personIn({ people }: Gallery, id: string): Person {
  const person = people.find((each) => each.id === id);
  if (person === undefined) throw new PersonUnknownError(id);
  return person;
}

/** Whom somebody means: by id, or by a name that may be new. */
export type Whom = { readonly person: string } | { readonly name: string };

/** Whoever is meant; somebody new, of the id `newId`, when nobody has that name. @throws PersonUnknownError */
export function personMeant(gallery: Gallery, whom: Whom, newId: string): Person {
  if ('person' in whom) return personIn(gallery, whom.person);
  const known = gallery.people.find(({ name }) => name === whom.name);
  return known ?? { id: newId, name: whom.name, faces: [] };
}

/** @throws PersonChangedError */
export function checkUnchanged(person: Person, ifMatch: string | undefined): void {
  if (ifMatch !== undefined && ifMatch !== viewOf(person).etag) {
    throw new PersonChangedError(person.name);
  }
}

/** @throws NameInvalidError, NameTakenError */
export function withPerson(gallery: Gallery, person: Person): Gallery {
  const fault = nameFault(person.name);
  if (fault !== undefined) throw new NameInvalidError(fault);
  const other = gallery.people.find(({ id, name }) => name === person.name && id !== person.id);
  if (other !== undefined) throw new NameTakenError(other.name, other.id);
  const isNew = gallery.people.every(({ id }) => id !== person.id);
  return new Gallery(
    gallery.model,
    isNew
      ? [...gallery.people, person]
      : gallery.people.map((each) => (each.id === person.id ? person : each)),
  );
}

/** @throws FaceUnknownError when the person has not all of them */
export function facesOf(person: Person, faceIds: readonly string[]): EnrolledFace[] {
  const faces = person.faces.filter(({ id }) => faceIds.includes(id));
  if (faces.length < new Set(faceIds).size) throw new FaceUnknownError(person.name);
  return faces;
}

/** Takes faces away from a person, who stays, maybe without any. */
export const withoutFaces = (person: Person, faces: readonly EnrolledFace[]): Person => ({
  ...person,
  faces: person.faces.filter((face) => !faces.includes(face)),
});
