import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader, ZipWriter } from '@zip.js/zip.js';
import { describe, expect, it } from 'vitest';

import type { ImportReport } from '../../src/http/people-source.ts';
import { analysisOf, galleryPeople, type Look } from './gallery-people.ts';
import { photo } from './photos.ts';
import { serve } from './serve.ts';

/** Each photo shows one face, by its last byte; the photo that ends in 9 shows none. */
const byLastByte: Look = (bytes) => {
  const last = bytes.at(-1) ?? 0;
  const embedding = [0, 0, 0, 0];
  embedding[last] = 1;
  return last === 9 ? analysisOf() : analysisOf(embedding);
};

const photoOf = async (last: number): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(Buffer.concat([await photo(), Buffer.from([last])]));

async function galleryServer(look: Look = byLastByte) {
  const looked: Uint8Array[] = [];
  const people = galleryPeople((bytes) => {
    looked.push(bytes);
    return look(bytes);
  });
  const { url } = await serve({ people });
  const enrol = async (name: string, ...photos: number[]): Promise<void> => {
    const { id } = await people.create(name);
    for (const last of photos) {
      const order = { whom: { person: id }, photo: await photoOf(last), isConfirmed: true };
      await people.enrol(order, `${name} ${last}`, new AbortController().signal);
    }
  };
  const names = async (): Promise<string[]> =>
    (await people.list({ limit: 100 })).people.map(({ name, faces }) => `${name}: ${faces.length}`);
  const keys = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { key } of people.bucket.list({ allVersions: true })) found.push(key);
    return found;
  };
  const send = (body: Uint8Array): Promise<Response> =>
    fetch(`${url}/v1/gallery`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/zip' },
      body: new Uint8Array(body),
    });
  const take = async (): Promise<Uint8Array> =>
    new Uint8Array(await (await fetch(`${url}/v1/gallery`)).arrayBuffer());
  return { people, looked, enrol, names, keys, send, take };
}

async function zipOf(files: Readonly<Record<string, Uint8Array>>): Promise<Uint8Array> {
  const zip = new ZipWriter(new Uint8ArrayWriter());
  for (const [name, bytes] of Object.entries(files))
    await zip.add(name, new Uint8ArrayReader(bytes));
  return zip.close();
}

describe('the gallery as a zip', () => {
  it('comes whole into another gallery, with one look at a photo to learn the model', async () => {
    const from = await galleryServer();
    await from.enrol('Ada/../<b>', 0, 1);
    await from.enrol('Grace 😀', 2);
    const zip = await from.take();

    const to = await galleryServer();
    const response = await to.send(zip);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ people: 2, faces: 3, known: 0, skipped: [] });
    expect(await to.names()).toEqual(await from.names());
    expect(to.looked).toHaveLength(1);
    expect(await (await to.send(zip)).json()).toEqual({
      people: 0,
      faces: 0,
      known: 3,
      skipped: [],
    });
    expect(to.looked).toHaveLength(1);
    const { people } = await to.people.list({ limit: 9 });
    const [person] = people;
    const face = person?.faces[0]?.id ?? '';
    expect(Buffer.from(await to.people.portrait(person?.id ?? '', face)).toString()).toMatch(
      /^the portrait/,
    );
  });

  it('has a file that every program can open for each photo', async () => {
    const { enrol, take } = await galleryServer();
    await enrol('Ada', 0);
    const reader = new ZipReader(new Uint8ArrayReader(await take()));
    const files = (await reader.getEntries()).map(({ filename }) => filename);
    expect(files).toContainEqual(expect.stringMatching(/^people\/Ada\/[\da-f]{16}\.jpg$/));
  });

  it('is looked at anew where another model is in use', async () => {
    const from = await galleryServer();
    await from.enrol('Ada', 0, 1);
    const to = await galleryServer((bytes) => {
      const { faces, ...rest } = analysisOf([1, 0, 0, 0, bytes.at(-1) ?? 0]);
      return { ...rest, faces, model: { id: 'another', width: 5, threshold: 0.5 } };
    });
    expect(await (await to.send(await from.take())).json()).toMatchObject({ faces: 2 });
    expect(to.looked).toHaveLength(2);
  });

  it('may be a folder of photos for each person, of which some serve and some do not', async () => {
    const { send, names, enrol } = await galleryServer();
    await enrol('Ada', 0);
    const zip = await zipOf({
      'people/Ada/1.jpg': await photoOf(0),
      'people/Ada/2.jpg': await photoOf(1),
      'people/Grace/1.jpg': await photoOf(2),
      'people/Grace/nobody.jpg': await photoOf(9),
      'people/unknown/1.jpg': await photoOf(3),
      'people/Grace/.hidden': await photoOf(3),
      '__MACOSX/Grace/1.jpg': await photoOf(3),
      'readme.txt': Buffer.from('not a photo'),
    });
    const report = (await (await send(zip)).json()) as ImportReport;
    expect(report).toMatchObject({ people: 1, faces: 2, known: 1 });
    expect(report.skipped.map(({ file, code }) => `${file} ${code}`).toSorted()).toEqual([
      'people/Grace/nobody.jpg no_face',
      'people/unknown/1.jpg reserved_name',
    ]);
    expect(await names()).toEqual(['Ada: 2', 'Grace: 1']);
  });

  it.each<[string, (zip: Uint8Array) => Uint8Array | Promise<Uint8Array>]>([
    ['is none', () => Buffer.from('no zip')],
    ['is empty', () => new Uint8Array(1)],
    ['ends too early', (zip) => zip.subarray(0, -40)],
    ['has lost its beginning', (zip) => zip.subarray(200)],
    [
      'has a photo that was changed',
      (zip) => zip.map((byte, at) => (at === 200 ? byte ^ 1 : byte)),
    ],
    ['lists what it has not', () => zipOf({ 'gallery.json': LIST_WITHOUT_PHOTOS })],
    ['lists nonsense', () => zipOf({ 'gallery.json': Buffer.from('{"v":2}') })],
    ['is a bomb', () => zipOf({ 'Ada/1.jpg': new Uint8Array(130 * 2 ** 20) })],
  ])('leaves nothing half done when it %s', async (_, damage) => {
    const from = await galleryServer();
    await from.enrol('Ada', 0, 1);
    const zip = await from.take();
    const to = await galleryServer();
    await to.enrol('Grace', 2);
    const keys = await to.keys();
    const response = await to.send(await damage(zip));
    expect(await response.json()).toMatchObject({ error: { code: 'archive_invalid' } });
    expect(response.status).toBe(400);
    expect(await to.names()).toEqual(['Grace: 1']);
    expect(await to.keys()).toEqual(keys);
  });

  it('leaves nothing half done when no worker looks at it', async () => {
    let photos = 0;
    const { send, keys } = await galleryServer((bytes) => {
      if (++photos > 1) throw new Error('unreachable');
      return byLastByte(bytes);
    });
    const zip = await zipOf({ 'Ada/1.jpg': await photoOf(0), 'Ada/2.jpg': await photoOf(1) });
    expect((await send(zip)).status).toBe(500);
    expect(await keys()).toEqual([]);
  });
});

const LIST_WITHOUT_PHOTOS = Buffer.from(
  JSON.stringify({
    v: 1,
    model: { id: 'a-model', width: 4 },
    people: [
      {
        name: 'Ada',
        faces: [{ photo: 'people/Ada/1', sha256: '00', embedding: 'AAAAAAAAAAAAAAAAAAAAAA==' }],
      },
    ],
  }),
);
