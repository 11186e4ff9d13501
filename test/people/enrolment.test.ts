import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import { MemoryStore } from '../../src/adapters/memory/store.ts';
import { packageRoot } from '../../src/package-root.ts';
import { analysePhoto } from '../../src/people/analyse-photo.ts';
import { Enrolment } from '../../src/people/enrolment.ts';
import { GalleryRepository } from '../../src/people/gallery-repository.ts';
import { watchGallery } from '../../src/people/gallery-watch.ts';
import { photosOf } from '../../src/people/photo-folder.ts';
import { encodeGallery } from '../../src/recognition/gallery-codec.ts';
import { Gallery } from '../../src/recognition/gallery.ts';
import { createRecognizer, type Recognizer } from '../../src/recognition/recognizer.ts';
import { anotherPhotoOf, type Portrait, portraitsOf } from '../portraits.ts';

let recognizer: Recognizer;
let portraits: Portrait[];

beforeAll(async () => {
  recognizer = await createRecognizer({ modelsDir: join(packageRoot, 'models') });
  portraits = await portraitsOf(1);
});

afterAll(() => recognizer.close());

function world() {
  const clock = new SteppedClock();
  const bucket = new MemoryStore('gallery-bucket', clock);
  const repository = new GalleryRepository(bucket, recognizer.embedder);
  let ids = 0;
  const begin = () =>
    Enrolment.begin({
      analyse: (photo) => analysePhoto(recognizer, photo),
      bucket,
      repository,
      newId: () => `id-${++ids}`,
    });
  return { clock, bucket, repository, begin };
}

const namesIn = ({ people }: Gallery): string[] => people.map(({ name }) => name);

describe('enrolling a photo', () => {
  it('makes the person known, under the name as it stands, and keeps the original photo', async () => {
    const { begin, repository, bucket } = world();
    const [ada] = portraits as [Portrait];
    const enrolment = await begin();
    expect(await enrolment.add('Ada  Lovelace_1', ada.photo)).toMatchObject({ kind: 'enrolled' });
    await enrolment.save();

    const { gallery } = await repository.load();
    expect(namesIn(gallery)).toEqual(['Ada  Lovelace_1']);
    const photoKey = gallery.people[0]?.faces[0]?.photoKey ?? '';
    expect(Buffer.from(ada.photo).equals((await bucket.get(photoKey)).body)).toBe(true);
    const probe = await recognizer.decode(await anotherPhotoOf(ada));
    expect(await recognizer.recognize(probe, gallery)).toMatchObject([{ name: 'Ada  Lovelace_1' }]);
  });

  it('takes several photos of one person, and the same photo once', async () => {
    const { begin, repository } = world();
    const [ada] = portraits as [Portrait];
    const enrolment = await begin();
    await enrolment.add('Ada', ada.photo);
    await enrolment.add('Ada', await anotherPhotoOf(ada));
    expect(await enrolment.add('Ada', ada.photo)).toEqual({ kind: 'already_enrolled' });
    await enrolment.save();
    expect(await (await begin()).add('Ada', ada.photo)).toEqual({ kind: 'already_enrolled' });
    const { gallery } = await repository.load();
    expect(gallery.people.map(({ faces }) => faces.length)).toEqual([2]);
  });

  it('loses nothing when two enrol at the same time', async () => {
    const { begin, repository } = world();
    const enrolments = await Promise.all([begin(), begin()]);
    await Promise.all(
      enrolments.map(async (enrolment, index) => {
        const { name, photo } = portraits[index] as Portrait;
        await enrolment.add(name, photo);
        await enrolment.add('Everybody', photo);
        await enrolment.save();
      }),
    );
    const { gallery } = await repository.load();
    expect(namesIn(gallery).toSorted()).toEqual(['Everybody', 'Person 1.1', 'Person 1.2']);
    expect(gallery.size).toBe(4);
  });

  it('skips names that answers give to nobody', async () => {
    const { begin } = world();
    const enrolment = await begin();
    const photo = portraits[0]?.photo ?? new Uint8Array();
    expect(await enrolment.add('unknown', photo)).toMatchObject({ code: 'reserved_name' });
    expect(await enrolment.add('no_face', photo)).toMatchObject({ code: 'reserved_name' });
  });

  it('refuses a gallery of another model by name', async () => {
    const { begin, bucket } = world();
    const face = { id: 'f', photoKey: 'k', photoSha256: 's', embedding: new Float32Array([1, 0]) };
    const other = new Gallery({ id: 'another', width: 2 }, [
      { id: 'p', name: 'Ada', faces: [face] },
    ]);
    await bucket.put('gallery', encodeGallery(other));
    await expect(begin()).rejects.toMatchObject({ code: 'gallery_model_mismatch' });
  });
});

describe('the gallery in use', () => {
  it('is the newest one two seconds after it was stored, and the last good one until then', async () => {
    const { clock, bucket, begin, repository } = world();
    const failures: unknown[] = [];
    const watch = await watchGallery({
      repository,
      clock,
      onChange: () => {},
      onFailure: (error) => failures.push(error),
    });
    expect(namesIn(watch.current())).toEqual([]);

    const enrolment = await begin();
    await enrolment.add('Ada', portraits[0]?.photo ?? new Uint8Array());
    await enrolment.save();
    await clock.advance(2000);
    expect(namesIn(watch.current())).toEqual(['Ada']);

    await bucket.put('gallery', Buffer.from('torn'));
    await clock.advance(2000);
    expect(namesIn(watch.current())).toEqual(['Ada']);
    expect(failures[0]).toMatchObject({ name: 'GalleryFormatError' });
    watch.stop();
  });
});

describe('a folder of photos', () => {
  it('names people by their folders, or by the files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'facefleet-folder-'));
    await mkdir(join(folder, 'Grace Hopper'));
    await writeFile(join(folder, 'Grace Hopper', 'any name.png'), '');
    await writeFile(join(folder, 'Grace Hopper', '.DS_Store'), '');
    await writeFile(join(folder, 'Alan_Turing_0001.jpg'), '');
    await writeFile(join(folder, 'Alan_Turing_0002.jpg'), '');
    await writeFile(join(folder, 'Kurt.jpg'), '');
    await symlink(join(folder, 'Grace Hopper'), join(folder, 'Linked'));
    expect((await photosOf(folder)).map(({ person }) => person)).toEqual([
      'Alan_Turing',
      'Alan_Turing',
      'Grace Hopper',
      'Kurt',
      'Linked',
    ]);
    await rm(folder, { recursive: true });
  });
});
