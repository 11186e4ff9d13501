import type { ObjectStore } from '../bus/store.ts';
import { Gallery, type Person } from '../recognition/gallery.ts';
import { PersonUnknownError } from './errors.ts';
import { photosOfPerson } from './face-files.ts';
import { type EarlierGallery, GalleryRepository } from './gallery-repository.ts';

/** Who is meant, and how the caller named them. */
export interface Removed {
  readonly whom: string;
  readonly isMeant: (person: Person) => boolean;
  /** Throws when a person of the current gallery is not to be removed after all. */
  readonly check?: (person: Person) => void;
}

/**
 * Erases a person by name, see `removePeople`.
 * @throws PersonUnknownError
 */
export const removePerson = (bucket: ObjectStore, name: string): Promise<void> =>
  removePeople(bucket, { whom: name, isMeant: (person) => person.name === name });

/**
 * Erases people: their embeddings, in every version of the gallery that has them, and every photo
 * they were enrolled with. Running workers have forgotten them within two seconds. What was cut off
 * half-way is finished by doing it again. Enrolments at the same time lose nobody else.
 * @throws PersonUnknownError
 */
export async function removePeople(
  bucket: ObjectStore,
  { whom, isMeant, check }: Removed,
): Promise<void> {
  const repository = new GalleryRepository(bucket);
  const left = await repository.update((gallery) => {
    gallery.people.filter(isMeant).forEach((person) => check?.(person));
    const others = gallery.people.filter((person) => !isMeant(person));
    return others.length === gallery.people.length ? gallery : new Gallery(gallery.model, others);
  });

  const versions = await repository.earlierVersions();
  const removed = peopleOf(versions).filter(isMeant);
  if (removed.length === 0) throw new PersonUnknownError(whom);
  // The versions go last: they tell a second try which photos there were.
  const faces = new Set(removed.flatMap((person) => person.faces.map(({ id }) => id)));
  const wasTheirs = (person: Person): boolean =>
    isMeant(person) || person.faces.some(({ id }) => faces.has(id));
  const stillThere = new Set(left.people.map(({ id }) => id));
  // Faces keep their ids when they pass to somebody else, who may have been merged into them since.
  const gone = peopleOf(versions).filter(({ id }) => !stillThere.has(id));
  for (const id of new Set(gone.filter(wasTheirs).map((person) => person.id))) {
    for await (const { key } of bucket.list({ prefix: photosOfPerson(id), allVersions: true })) {
      await bucket.delete(key, { allVersions: true });
    }
  }
  await eraseVersions(versions, wasTheirs);
}

/** Erases the earlier versions of the gallery that have such a person. */
export async function eraseVersions(
  versions: readonly EarlierGallery[],
  isThere: (person: Person) => boolean,
): Promise<void> {
  for (const { gallery, erase } of versions) {
    // Whom a damaged version has in it nobody can tell any more.
    if (gallery === undefined || gallery.people.some(isThere)) await erase();
  }
}

const peopleOf = (versions: readonly EarlierGallery[]): Person[] =>
  versions.flatMap(({ gallery }) => gallery?.people ?? []);
