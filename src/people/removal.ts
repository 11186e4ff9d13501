import { FacefleetError } from '../bus/errors.ts';
import type { ObjectStore } from '../bus/store.ts';
import { Gallery } from '../recognition/gallery.ts';
import { GalleryRepository, photosOfPerson, storedGallery } from './gallery-repository.ts';

/** Thrown when the gallery, and every earlier version of it, knows nobody of that name. */
export class PersonUnknownError extends FacefleetError {
  readonly code = 'person_unknown';

  constructor(name: string) {
    super(`The gallery knows nobody called "${name}". See who is in it with facefleet people.`);
  }
}

/**
 * Erases a person: their embeddings, in every version of the gallery that has them, and every photo
 * they were enrolled with. Running workers have forgotten them within two seconds. What was cut off
 * half-way is finished by doing it again. Enrolments at the same time lose nobody else.
 * @throws PersonUnknownError
 */
export async function removePerson(bucket: ObjectStore, name: string): Promise<void> {
  const current = await storedGallery(bucket);
  const isNamed = (person: { name: string }): boolean => person.name === name;
  const repository = current && new GalleryRepository(bucket, current.model);
  await repository?.update((gallery) => {
    const others = gallery.people.filter((person) => !isNamed(person));
    return others.length === gallery.people.length ? gallery : new Gallery(gallery.model, others);
  });

  const versions = (await repository?.earlierVersions()) ?? [];
  const people = versions.flatMap(({ gallery }) => gallery?.people.filter(isNamed) ?? []);
  if (people.length === 0) throw new PersonUnknownError(name);
  // The versions go last: they tell a second try which photos there were.
  for (const id of new Set(people.map((person) => person.id))) {
    for await (const { key } of bucket.list({ prefix: photosOfPerson(id), allVersions: true })) {
      await bucket.delete(key, { allVersions: true });
    }
  }
  for (const { gallery, erase } of versions) {
    // Whom a damaged version has in it nobody can tell any more.
    if (gallery === undefined || gallery.people.some(isNamed)) await erase();
  }
}
