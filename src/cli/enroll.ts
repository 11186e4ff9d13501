import { randomUUID } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';

import { SingleBar } from 'cli-progress';
import { Command } from 'commander';

import { FacefleetError } from '../bus/errors.ts';
import { type Config, withSettings, WORLD_SETTINGS } from '../config.ts';
import { analysePhoto } from '../people/analyse-photo.ts';
import { Enrolment, type EnrolmentResult } from '../people/enrolment.ts';
import { GalleryRepository } from '../people/gallery-repository.ts';
import { type PersonPhoto, photosOf } from '../people/photo-folder.ts';
import { createRecognizer } from '../recognition/recognizer.ts';
import { galleryPlace, openGallery } from '../roles/world.ts';
import { enrolmentSummary } from './enrolment-summary.ts';

/** Thrown when the folder to enrol from is not there or holds nothing. */
class NothingToEnrolError extends FacefleetError {
  readonly code = 'nothing_to_enrol';
}

const SETTINGS = [...WORLD_SETTINGS, 'dataDir', 'modelsDir', 'embedder'] as const;

type EnrollConfig = Config<(typeof SETTINGS)[number]>;

/** Photos worked on at a time: one is decoded while another one is in the models. */
const CONCURRENCY = 2;

/** Photos between two saves of the gallery: so many are lost at most when the command is killed. */
const SAVE_EVERY = 100;

/** What a shell makes of a command that SIGINT ended. */
const INTERRUPTED = 130;

export function enrollCommand(): Command {
  const command = new Command('enroll')
    .description('add people to the gallery from photos')
    .argument('<dir>', 'folder with one folder of photos per person, or with NAME_0001.jpg files')
    .action((dir: string, config: EnrollConfig) => enroll(dir, config));
  return withSettings(command, SETTINGS);
}

async function enroll(dir: string, config: EnrollConfig): Promise<void> {
  const photos = await photosToEnrol(dir);
  const world = await openGallery(config);
  const recognizer = await createRecognizer({
    modelsDir: config.modelsDir,
    embedderId: config.embedder,
  });
  try {
    const repository = new GalleryRepository(world.galleryBucket, recognizer.embedder);
    const enrolment = await Enrolment.begin({
      analyse: (photo) => analysePhoto(recognizer, photo),
      bucket: world.galleryBucket,
      repository,
      newId: randomUUID,
    });
    const before = await repository.load();
    const results = await enrolAll(photos, enrolment);
    const after = await repository.load();
    const left = photos.length - results.size;
    if (left > 0) process.exitCode = INTERRUPTED;
    process.stdout.write(
      enrolmentSummary({
        results,
        left,
        knownBefore: new Set(before.gallery.people.map(({ name }) => name)),
        people: after.gallery.people.length,
        place: galleryPlace(config),
      }),
    );
  } finally {
    await recognizer.close();
    await world.close();
  }
}

async function photosToEnrol(dir: string): Promise<PersonPhoto[]> {
  const isFolder = await stat(dir).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new NothingToEnrolError(`${dir} is not a folder.`);
  const photos = await photosOf(dir);
  if (photos.length === 0) {
    throw new NothingToEnrolError(
      `${dir} holds no photos. Put them into one folder per person, named like the person.`,
    );
  }
  return photos;
}

type Results = ReadonlyMap<PersonPhoto, EnrolmentResult>;

/** Ctrl-C leaves out the photos that are not in hand yet; a second one ends the process. */
async function enrolAll(photos: readonly PersonPhoto[], enrolment: Enrolment): Promise<Results> {
  const results = new Map<PersonPhoto, EnrolmentResult>();
  let isInterrupted = false;
  const onInterrupt = (): void => {
    isInterrupted = true;
  };
  const bar = new SingleBar({
    format: '{bar} {value}/{total} photos, {eta_formatted} left',
    hideCursor: true,
    stream: process.stderr,
  });
  process.once('SIGINT', onInterrupt);
  bar.start(photos.length, 0);
  try {
    const queue = photos.values();
    const work = async (): Promise<void> => {
      for (const photo of queue) {
        if (isInterrupted) return;
        results.set(photo, await enrolOne(photo, enrolment));
        bar.update(results.size);
        if (results.size % SAVE_EVERY === 0) await enrolment.save();
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
    await enrolment.save();
  } finally {
    process.off('SIGINT', onInterrupt);
    bar.stop();
  }
  // In the order of the photos, whichever was ready first.
  return new Map(
    photos.flatMap((photo) => {
      const result = results.get(photo);
      return result === undefined ? [] : [[photo, result]];
    }),
  );
}

async function enrolOne(photo: PersonPhoto, enrolment: Enrolment): Promise<EnrolmentResult> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(photo.file);
  } catch (error) {
    const reason = `It cannot be read: ${(error as Error).message}.`;
    return { kind: 'skipped', code: 'unreadable_file', reason };
  }
  return enrolment.add(photo.person, bytes);
}
