import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it, onTestFinished, vi } from 'vitest';

import { openLocalWorld } from '../../src/adapters/local/world.ts';
import { galleryReader } from '../../src/people/gallery-repository.ts';
import { temporaryFolder } from '../adapters/temporary-folder.ts';
import { anotherPhotoOf, portraitsOf } from '../portraits.ts';
import { samplePhoto } from '../sample-photos.ts';
import { startService, upload } from './service.ts';

interface Enrolled {
  readonly face: string;
  readonly person: { readonly faces: readonly { readonly portrait: string }[] };
}

it('people are enrolled over HTTP from a fleet of none, recognised, and erased without a trace', async () => {
  const { folder, remove } = temporaryFolder();
  onTestFinished(remove);
  const service = await startService('--data-dir', folder, '--max-instances', '1');
  onTestFinished(async () => void (await service.stop()));
  const [ada] = await portraitsOf(1);
  if (ada === undefined) throw new Error('There is no portrait.');

  const created = await fetch(`${service.url}/v1/people`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'Ada' }),
  });
  expect(created.status).toBe(201);
  const person = `${service.url}${created.headers.get('Location')}`;
  const enrol = (photo: Uint8Array): Promise<Response> =>
    fetch(`${person}/faces`, {
      method: 'POST',
      headers: { 'Content-Type': 'image/jpeg' },
      body: new Uint8Array(photo),
    });
  const enrolled = await enrol(ada.photo);
  expect(enrolled.status).toBe(201);
  const { person: known } = (await enrolled.json()) as Enrolled;
  const portrait = await fetch(`${service.url}${known.faces[0]?.portrait}`);
  expect(portrait.headers.get('Content-Type')).toBe('image/jpeg');

  const group = await enrol(await samplePhoto(2));
  expect(group.status).toBe(409);
  expect(await group.json()).toMatchObject({ error: { code: 'several_faces' } });
  const damaged = await enrol(ada.photo.subarray(0, 3000));
  expect(await damaged.json()).toMatchObject({ error: { code: 'undecodable_image' } });

  const photo = await anotherPhotoOf(ada);
  await vi.waitFor(
    async () => expect((await upload(service.url, { 'a.jpg': photo })).text).toBe('a.jpg:Ada\n'),
    { timeout: 20_000, interval: 200 },
  );
  // Several versions of the gallery have her by now, under several names.
  await fetch(person, {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'Ada Lovelace' }),
  });
  const traces = [
    ada.photo.subarray(1000, 1100),
    Buffer.from(await portrait.arrayBuffer()).subarray(300, 400),
    await embeddingIn(folder),
  ];
  for (const trace of traces) expect(filesWith(folder, trace)).not.toEqual([]);

  expect((await fetch(person, { method: 'DELETE' })).status).toBe(204);
  for (const trace of traces) {
    expect(filesWith(folder, trace)).toEqual([]);
    expect(filesWith(folder, Buffer.from(trace.toString('base64').slice(4, -4)))).toEqual([]);
  }
  await vi.waitFor(
    async () =>
      expect((await upload(service.url, { 'a.jpg': photo })).text).toBe('a.jpg:unknown\n'),
    { timeout: 20_000, interval: 200 },
  );
}, 90_000);

/** The bytes of the one embedding of a data folder's gallery. */
async function embeddingIn(folder: string): Promise<Buffer> {
  const world = await openLocalWorld(folder);
  const { people } = await galleryReader(world.galleryBucket)();
  await world.close();
  const [embedding] = people.flatMap(({ faces }) => faces.map((face) => face.embedding));
  if (embedding === undefined) throw new Error('The gallery is empty.');
  return Buffer.from(embedding.buffer, embedding.byteOffset, embedding.byteLength);
}

/** The names of the files below a folder that hold these bytes. */
function filesWith(folder: string, bytes: Uint8Array): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const path = join(folder, name);
    return statSync(path).isFile() && readFileSync(path).includes(Buffer.from(bytes));
  });
}
