import { createHash } from 'node:crypto';

import type { ObjectStore } from '../bus/store.ts';
import type { EnrolledFace, Gallery } from '../recognition/gallery.ts';
import type { MeasuredFace } from './photo-analysis.ts';

// The gallery's bucket has two objects for each enrolled face, both under the id of the person, so
// that they can be found and erased without the gallery: the photo as it was sent, and the face by
// itself.

/** The prefix of the keys of the photos that a person was enrolled with. */
export const photosOfPerson = (personId: string): string => `photos/${personId}/`;

/** The key of the face by itself. Faces that were enrolled before there were portraits have none. */
export const portraitKeyOf = ({ photoKey }: Pick<EnrolledFace, 'photoKey'>): string =>
  `${photoKey}.face`;

const JPEG = { contentType: 'image/jpeg' };

/** What names a photo, whoever was enrolled with it. */
export const photoSha256Of = (photo: Uint8Array): string =>
  createHash('sha256').update(photo).digest('hex');

/** Stores a photo of a person and the face by itself; the result belongs into the gallery. */
export async function storeFace(
  bucket: ObjectStore,
  personId: string,
  photo: Uint8Array,
  { portrait, embedding }: Pick<MeasuredFace, 'portrait' | 'embedding'>,
  faceId: string,
): Promise<EnrolledFace> {
  const photoSha256 = photoSha256Of(photo);
  const face = {
    id: faceId,
    photoKey: `${photosOfPerson(personId)}${photoSha256}`,
    photoSha256,
    embedding,
  };
  await Promise.all([
    bucket.put(face.photoKey, photo),
    bucket.put(portraitKeyOf(face), portrait, JPEG),
  ]);
  return face;
}

/** Copies what is stored of a face under another person's id; the result belongs into the gallery. */
export async function copyFace(
  bucket: ObjectStore,
  face: EnrolledFace,
  personId: string,
): Promise<EnrolledFace> {
  const copy = { ...face, photoKey: `${photosOfPerson(personId)}${face.photoSha256}` };
  if (copy.photoKey === face.photoKey) return face;
  await bucket.put(copy.photoKey, (await bucket.get(face.photoKey)).body);
  if (await bucket.head(portraitKeyOf(face))) {
    const { body } = await bucket.get(portraitKeyOf(face));
    await bucket.put(portraitKeyOf(copy), body, JPEG);
  }
  return copy;
}

/** Erases what is stored of those of the faces that the gallery has not got, in every version. */
export async function eraseUnused(
  bucket: ObjectStore,
  { people }: Gallery,
  faces: readonly EnrolledFace[],
): Promise<void> {
  const inUse = new Set(people.flatMap((person) => person.faces.map(({ photoKey }) => photoKey)));
  for (const face of faces) {
    if (inUse.has(face.photoKey)) continue;
    await bucket.delete(portraitKeyOf(face), { allVersions: true });
    await bucket.delete(face.photoKey, { allVersions: true });
  }
}
