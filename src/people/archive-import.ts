import { FacefleetError } from '../bus/errors.ts';
import type { ObjectStore } from '../bus/store.ts';
import {
  type EmbeddingModel,
  type EnrolledFace,
  Gallery,
  type Person,
} from '../recognition/gallery.ts';
import { type ArchivedFace, readArchive } from './archive-reading.ts';
import { eraseUnused, photoSha256Of, storeFace } from './face-files.ts';
import { GalleryRepository } from './gallery-repository.ts';
import { usable } from './people.ts';
import { nameFault } from './person-name.ts';
import type { PhotoAnalysis } from './photo-analysis.ts';
import { subjectOf } from './subject.ts';

export interface ArchiveImportPorts {
  readonly bucket: ObjectStore;
  readonly newId: () => string;
  /** Whoever can recognise faces looks at a photo. @throws FacefleetError */
  readonly analyse: (photo: Uint8Array) => Promise<PhotoAnalysis>;
}

/** What came of an import. */
export interface ImportReport {
  /** People who are new. */
  readonly people: number;
  /** Faces that are new. */
  readonly faces: number;
  /** Photos that their people were enrolled with before. */
  readonly known: number;
  /** Photos that nobody could be enrolled with, and why. */
  readonly skipped: readonly {
    readonly file: string;
    readonly code: string;
    readonly reason: string;
  }[];
}

type Measured = Pick<PhotoAnalysis['faces'][number], 'embedding' | 'portrait'>;
type Skipped = ImportReport['skipped'][number];

/** Photos that are looked at at a time. */
const CONCURRENCY = 4;

/**
 * Adds the people of an archive to the gallery, by name. Embeddings of the model in use are taken as they
 * are; other photos are looked at anew. All of it comes into the gallery at once, in one version, or nothing.
 * @throws ArchiveInvalidError, GalleryUnusableError, and what keeps `analyse` from its work
 */
export async function importArchive(
  ports: ArchiveImportPorts,
  zip: Uint8Array,
): Promise<ImportReport> {
  const { bucket, newId } = ports;
  const archive = await readArchive(zip);
  const { gallery: before } = await usable(new GalleryRepository(bucket).load());
  const ids = new Map(before.people.map(({ name, id }) => [name, id]));
  const found = await measureAll(ports, archive, before);
  const stored: { readonly person: string; readonly face: EnrolledFace }[] = [];
  const repository = new GalleryRepository(bucket, found.model);
  try {
    for (const [{ person, photo }, measured] of found.faces) {
      const id = ids.get(person) ?? newId();
      ids.set(person, id);
      stored.push({ person, face: await storeFace(bucket, id, photo, measured, newId()) });
    }
    let report = { people: 0, faces: 0, known: 0 };
    await usable(
      repository.update((gallery) => {
        const people = new Map<string, Person>(gallery.people.map((each) => [each.name, each]));
        report = { people: 0, faces: 0, known: 0 };
        for (const { person: name, face } of stored) {
          const person = people.get(name) ?? { id: ids.get(name) ?? newId(), name, faces: [] };
          if (!people.has(name)) report.people++;
          const isKnown = person.faces.some(({ photoSha256 }) => photoSha256 === face.photoSha256);
          report[isKnown ? 'known' : 'faces']++;
          people.set(name, isKnown ? person : { ...person, faces: [...person.faces, face] });
        }
        return report.faces === 0 ? gallery : new Gallery(gallery.model, [...people.values()]);
      }),
    );
    return { ...report, known: report.known + found.known, skipped: found.skipped };
  } finally {
    const { gallery } = await usable(repository.load());
    await eraseUnused(
      bucket,
      gallery,
      stored.map(({ face }) => face),
    );
  }
}

interface Found {
  readonly model: EmbeddingModel | undefined;
  readonly faces: readonly (readonly [ArchivedFace, Measured])[];
  readonly known: number;
  readonly skipped: readonly Skipped[];
}

/** The faces of an archive that are new, with embeddings of the model in use. Stores nothing. */
async function measureAll(
  { analyse }: ArchiveImportPorts,
  archive: Awaited<ReturnType<typeof readArchive>>,
  gallery: Gallery,
): Promise<Found> {
  const faces: [ArchivedFace, Measured][] = [];
  const skipped: Skipped[] = [];
  let known = 0;
  // A gallery without faces takes the model of whoever recognises: the first photo tells which.
  let model: EmbeddingModel | undefined = gallery.size > 0 ? gallery.model : undefined;
  const queue = archive.faces.values();

  const take = async (face: ArchivedFace): Promise<void> => {
    const fault = nameFault(face.person);
    if (fault !== undefined) {
      skipped.push({ file: face.file, ...fault });
    } else if (isEnrolled(gallery, face)) {
      known++;
    } else if (face.known && model && isSameModel(model, archive.model)) {
      faces.push([face, face.known]);
    } else {
      const looked = await look(analyse, face);
      if ('skipped' in looked) {
        skipped.push(looked.skipped);
        return;
      }
      model ??= looked.model;
      faces.push([face, looked.face]);
    }
  };
  const work = async (): Promise<void> => {
    for (const face of queue) await take(face);
  };
  // Alone as long as nobody knows the model.
  for (const face of queue) {
    await take(face);
    if (model !== undefined) break;
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return { model, faces, known, skipped };
}

async function look(
  analyse: ArchiveImportPorts['analyse'],
  { file, photo }: ArchivedFace,
): Promise<{ skipped: Skipped } | { face: Measured; model: EmbeddingModel }> {
  try {
    const analysis = await analyse(photo);
    const face = subjectOf(analysis, analysis.faces);
    if (face !== undefined) return { face, model: analysis.model };
    return {
      skipped:
        analysis.faces.length === 0
          ? { file, code: 'no_face', reason: 'There is no face on it.' }
          : { file, code: 'several_faces', reason: 'It is not plain which of its faces is meant.' },
    };
  } catch (error) {
    if (!(error instanceof FacefleetError) || !ABOUT_THE_PHOTO.has(error.code)) throw error;
    return { skipped: { file, code: error.code, reason: error.message } };
  }
}

/** Failures that concern one photo alone; any other ends the import. */
const ABOUT_THE_PHOTO: ReadonlySet<string> = new Set([
  'empty_file',
  'unsupported_type',
  'too_many_pixels',
  'undecodable_image',
]);

const isEnrolled = ({ people }: Gallery, { person, photo }: ArchivedFace): boolean => {
  const sha256 = photoSha256Of(photo);
  return people.some(
    ({ name, faces }) => name === person && faces.some(({ photoSha256 }) => photoSha256 === sha256),
  );
};

const isSameModel = (one: EmbeddingModel, other: EmbeddingModel | undefined): boolean =>
  one.id === other?.id && one.width === other.width;
