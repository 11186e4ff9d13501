import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { type LocalWorld, openLocalWorld } from '../../src/adapters/local/world.ts';
import { objectKeyOf } from '../../src/bus/object-key.ts';
import type { ObjectStore } from '../../src/bus/store.ts';
import { multipartBody, post } from '../http/multipart-body.ts';
import { SAMPLE_FACES, samplePhoto } from '../sample-photos.ts';
import { type Service, startService, upload } from './service.ts';

let dataDir: string;
let service: Service;
let world: LocalWorld;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'facefleet-hard-'));
  service = await startService('--data-dir', dataDir, '--min-instances', '1');
  world = await openLocalWorld(dataDir);
});

afterAll(async () => {
  await world.close();
  await service.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** A photo of one colour. */
const plain = (width: number, height: number): Sharp =>
  sharp({ create: { width, height, channels: 3, background: '#7a8' } });

const animation = (): Sharp =>
  sharp(Buffer.alloc(64 * 128 * 3, 120), {
    raw: { width: 64, height: 128, channels: 3, pageHeight: 64 },
  });

describe('an odd photo', () => {
  it.each<[string, () => Promise<Buffer>]>([
    ['of one pixel', () => plain(1, 1).png().toBuffer()],
    ['one pixel high', () => plain(5000, 1).jpeg().toBuffer()],
    ['with 16 bits a channel, as PNG', () => plain(40, 40).toColourspace('rgb16').png().toBuffer()],
    [
      'with 16 bits a channel, as TIFF',
      () => plain(40, 40).toColourspace('rgb16').tiff().toBuffer(),
    ],
    ['for printing (CMYK)', () => plain(40, 40).toColourspace('cmyk').jpeg().toBuffer()],
    ['in grey', () => plain(40, 40).greyscale().jpeg().toBuffer()],
    ['that is see-through', () => plain(40, 40).ensureAlpha(0).png().toBuffer()],
    ['that moves, as GIF', () => animation().gif().toBuffer()],
    ['that moves, as WebP', () => animation().webp().toBuffer()],
    ['that comes in passes', () => plain(40, 40).jpeg({ progressive: true }).toBuffer()],
  ])('%s is answered', async (_, make) => {
    expect(await upload(service.url, { 'odd.jpg': await make() })).toEqual({
      status: 200,
      text: 'odd.jpg:no_face\n',
    });
  });
});

describe('a hostile file name', () => {
  it.each([
    'x'.repeat(300),
    'x'.repeat(5000),
    '😀'.repeat(300),
    '../../../etc/passwd',
    '..',
    '/',
    'C:\\photos\\me.jpg',
    'a\0b.jpg',
    'a\r\nX-Injected: yes.jpg',
    '"; filename="other.jpg',
    '\u202Egpj.exe',
    '<img src=x onerror=alert(1)>.jpg',
    '$(reboot).jpg',
    '__proto__',
    'requests/purge!',
  ])('is nothing but a name: %j', async (fileName) => {
    const photo = await plain(20, 20).jpeg().toBuffer();
    const disposition = `form-data; name="photo"; filename*=UTF-8''${encodeURIComponent(fileName)}`;
    const response = await post(
      service.url,
      multipartBody([{ headers: [`Content-Disposition: ${disposition}`], body: photo }]),
      { Accept: 'application/json' },
    );
    expect(await response.json()).toMatchObject({ fileName, faces: [] });
    expect(response.headers.get('X-Injected')).toBeNull();
    await vi.waitFor(async () => {
      const { body } = await world.outputBucket.get(objectKeyOf(fileName));
      expect(JSON.parse(Buffer.from(body).toString())).toMatchObject({ fileName, faces: [] });
    });
    const stored = await world.inputBucket.get(objectKeyOf(fileName));
    expect(photo.equals(stored.body)).toBe(true);
  });
});

describe('uploads of one name at the same moment', () => {
  it('have each its own answer, and are all kept as versions', async () => {
    const photos = await Promise.all([samplePhoto(1), samplePhoto(4), samplePhoto(5)]);
    const answers = await Promise.all(
      photos.map((photo) => upload(service.url, { 'same.jpg': photo }, 'application/json')),
    );
    const faces = answers.map(({ text }) => JSON.parse(text).faces.length as number);
    expect(faces).toEqual([SAMPLE_FACES[1], SAMPLE_FACES[4], SAMPLE_FACES[5]]);

    await vi.waitFor(async () => {
      const results = await versionsOf(world.outputBucket, 'same.jpg');
      const stored = results.map((body) => JSON.parse(body.toString()).id as string);
      expect(new Set(stored)).toEqual(new Set(answers.map(({ text }) => JSON.parse(text).id)));
    });
    const stored = await versionsOf(world.inputBucket, 'same.jpg');
    expect(stored).toHaveLength(photos.length);
    for (const photo of photos) expect(stored.some((body) => body.equals(photo))).toBe(true);
  });
});

describe('a thousand connections that say nothing', () => {
  it('stand in the way of nobody', async () => {
    const { port } = new URL(service.url);
    const sockets = Array.from({ length: 1000 }, () => connect(Number(port), '127.0.0.1'));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    const photo = await plain(20, 20).jpeg().toBuffer();
    expect(await upload(service.url, { 'me.jpg': photo })).toEqual({
      status: 200,
      text: 'me.jpg:no_face\n',
    });
    expect((await fetch(`${service.url}/healthz`)).status).toBe(200);
    for (const socket of sockets) socket.destroy();
  });
});

async function versionsOf(bucket: ObjectStore, key: string): Promise<Buffer[]> {
  const bodies: Buffer[] = [];
  for await (const { versionId } of bucket.list({ prefix: key, allVersions: true })) {
    bodies.push(Buffer.from((await bucket.get(key, { versionId })).body));
  }
  return bodies;
}
