import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { openLocalWorld } from '../../src/adapters/local/world.ts';
import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import { MemoryStore } from '../../src/adapters/memory/store.ts';
import type { ObjectStore } from '../../src/bus/store.ts';
import { Enrolment } from '../../src/people/enrolment.ts';
import { galleryReader, GalleryRepository } from '../../src/people/gallery-repository.ts';
import type { PhotoAnalysis } from '../../src/people/photo-analysis.ts';
import { removePerson } from '../../src/people/removal.ts';
import { temporaryFolder } from '../adapters/temporary-folder.ts';

const MODEL = { id: 'a-model', width: 128, threshold: 0.5 };

/** The bytes of a photo are its one face, so that tests know what to look for. */
const analyse = async (photo: Uint8Array): Promise<PhotoAnalysis> => ({
  model: MODEL,
  width: 9,
  height: 9,
  faces: [
    {
      box: { x: 0, y: 0, width: 9, height: 9 },
      score: 1,
      embedding: embeddingOf(photo),
      sharpness: 1,
      portrait: photo.subarray(-100),
    },
  ],
});

const embeddingOf = (photo: Uint8Array): Float32Array =>
  Float32Array.from(photo.subarray(0, MODEL.width), (byte) => byte / 255 + 0.001);

let ids = 0;
const beginEnrolment = (bucket: ObjectStore): Promise<Enrolment> =>
  Enrolment.begin({
    analyse,
    bucket,
    repository: new GalleryRepository(bucket, MODEL),
    newId: () => `id-${++ids}`,
  });

async function enrol(bucket: ObjectStore, name: string, ...photos: Uint8Array[]): Promise<void> {
  const enrolment = await beginEnrolment(bucket);
  for (const photo of photos) await enrolment.add(name, photo);
  await enrolment.save();
}

const memoryBucket = (): ObjectStore => new MemoryStore('gallery-bucket', new SteppedClock());

const namesIn = async (bucket: ObjectStore): Promise<string[]> =>
  (await galleryReader(bucket)()).people.map(({ name }) => name).toSorted();

async function keysIn(bucket: ObjectStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of bucket.list({ allVersions: true })) keys.push(key);
  return keys;
}

/** The names of the files below a folder that hold these bytes. */
function filesWith(folder: string, bytes: Uint8Array): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const path = join(folder, name);
    return statSync(path).isFile() && readFileSync(path).includes(Buffer.from(bytes));
  });
}

describe('removing a person', () => {
  it('leaves no byte of their photos and embeddings in the data folder, and the others whole', async () => {
    const { folder, remove } = temporaryFolder();
    const world = await openLocalWorld(folder);
    onTestFinished(async () => {
      await world.close();
      remove();
    });
    const [small, large, other] = [randomBytes(900), randomBytes(200_000), randomBytes(900)];
    await enrol(world.galleryBucket, 'Ada', small);
    await enrol(world.galleryBucket, 'Grace', other);
    await enrol(world.galleryBucket, 'Ada', large);
    const traces = [small, large].flatMap((photo) => [
      photo.subarray(100, 200),
      Buffer.from(embeddingOf(photo).buffer),
    ]);
    for (const trace of traces) expect(filesWith(folder, trace)).not.toEqual([]);

    await removePerson(world.galleryBucket, 'Ada');
    for (const trace of traces) expect(filesWith(folder, trace)).toEqual([]);
    expect(await namesIn(world.galleryBucket)).toEqual(['Grace']);
    expect(filesWith(folder, other)).toHaveLength(1);
  });

  it('keeps the earlier versions of the gallery that never knew them', async () => {
    const bucket = memoryBucket();
    await enrol(bucket, 'Grace', randomBytes(200));
    await enrol(bucket, 'Ada', randomBytes(200));
    await removePerson(bucket, 'Ada');
    const versions = (await keysIn(bucket)).filter((key) => key === 'gallery');
    expect(versions).toHaveLength(2);
  });

  it('erases versions that are damaged, for they may hold anybody', async () => {
    const bucket = memoryBucket();
    await enrol(bucket, 'Ada', randomBytes(200));
    const { body } = await bucket.get('gallery');
    const torn = Buffer.from(body).fill(0, 16);
    await bucket.put('gallery', torn);
    await bucket.put('gallery', body);
    await removePerson(bucket, 'Ada');
    expect(await keysIn(bucket)).toEqual(['gallery']);
  });

  it('says so when nobody has that name, and changes nothing', async () => {
    const bucket = memoryBucket();
    await expect(removePerson(bucket, 'Ada')).rejects.toMatchObject({ code: 'person_unknown' });
    await enrol(bucket, 'Grace', randomBytes(200));
    const before = await keysIn(bucket);
    await expect(removePerson(bucket, 'Ada')).rejects.toMatchObject({ code: 'person_unknown' });
    expect(await keysIn(bucket)).toEqual(before);
  });

  it('is finished by a second try when the first was cut off anywhere', async () => {
    for (let steps = 0; ; steps++) {
      const bucket = memoryBucket();
      await enrol(bucket, 'Ada', randomBytes(200), randomBytes(200));
      await enrol(bucket, 'Grace', randomBytes(200));
      const wasCutOff = await removePerson(cutOffAfter(steps, bucket), 'Ada').then(
        () => false,
        () => true,
      );
      if (wasCutOff) await removePerson(bucket, 'Ada');
      expect(await namesIn(bucket)).toEqual(['Grace']);
      expect((await keysIn(bucket)).filter((key) => key.startsWith('photos/'))).toHaveLength(2);
      await expect(removePerson(bucket, 'Ada')).rejects.toMatchObject({ code: 'person_unknown' });
      if (!wasCutOff) break;
      expect(steps).toBeLessThan(20);
    }
  });

  it('loses nobody who is enrolled or removed at the same time', async () => {
    const bucket = memoryBucket();
    for (const name of ['Ada', 'Alan', 'Grace']) await enrol(bucket, name, randomBytes(200));
    await Promise.all([
      removePerson(bucket, 'Ada'),
      enrol(bucket, 'Kurt', randomBytes(200)),
      removePerson(bucket, 'Alan'),
      enrol(bucket, 'Grace', randomBytes(200)),
    ]);
    expect(await namesIn(bucket)).toEqual(['Grace', 'Kurt']);
    const gallery = await galleryReader(bucket)();
    const photos = gallery.people.flatMap(({ faces }) => faces.map(({ photoKey }) => photoKey));
    expect((await keysIn(bucket)).filter((key) => key !== 'gallery')).toEqual(
      photos.flatMap((key) => [key, `${key}.face`]).toSorted(),
    );
    expect(photos).toHaveLength(3);
  });

  it('reaches what an enrolment under way has taken of them, and not what it takes after', async () => {
    const bucket = memoryBucket();
    await enrol(bucket, 'Ada', randomBytes(200));
    const enrolment = await beginEnrolment(bucket);
    await enrolment.add('Ada', randomBytes(200));
    await removePerson(bucket, 'Ada');
    await enrolment.save();
    expect(await namesIn(bucket)).toEqual([]);
    await enrolment.add('Ada', randomBytes(200));
    await enrolment.save();
    const gallery = await galleryReader(bucket)();
    expect(gallery.people.map(({ faces }) => faces.length)).toEqual([1]);
  });
});

/** The bucket as seen by a process that dies at its write number `steps`. */
function cutOffAfter(steps: number, bucket: ObjectStore): ObjectStore {
  let left = steps;
  const step = <T>(act: () => Promise<T>): Promise<T> =>
    left-- > 0 ? act() : Promise.reject(new Error('killed'));
  return {
    name: bucket.name,
    put: (...args) => step(() => bucket.put(...args)),
    delete: (...args) => step(() => bucket.delete(...args)),
    purge: () => step(() => bucket.purge()),
    get: (...args) => bucket.get(...args),
    head: (...args) => bucket.head(...args),
    list: (...args) => bucket.list(...args),
  };
}
