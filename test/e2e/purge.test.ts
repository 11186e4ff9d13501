import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';

import { type LocalWorld, openLocalWorld } from '../../src/adapters/local/world.ts';
import { keysOf } from '../adapters/store-contract.ts';
import { samplePhoto } from '../sample-photos.ts';
import { facefleet, type Service, startPart, startService, upload } from './service.ts';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'facefleet-purge-'));
});

afterAll(() => rm(root, { recursive: true, force: true }));

/** A service with what it works on, both gone when the test is over. */
async function serviceWith(
  start: (...args: string[]) => Promise<Service>,
): Promise<{ service: Service; world: LocalWorld }> {
  const dataDir = await mkdtemp(join(root, 'data-'));
  const service = await start('--data-dir', dataDir);
  onTestFinished(() => service.stop().then(() => {}));
  const world = await openLocalWorld(dataDir);
  onTestFinished(() => world.close());
  return { service, world };
}

describe('facefleet purge', () => {
  it('queues: clients that wait are told, also those whose photos are in hand', async () => {
    const { service, world } = await serviceWith((...args) =>
      startPart('web', '--port', '0', ...args),
    );
    const photo = await samplePhoto(1);
    const uploads = Array.from({ length: 6 }, () => upload(service.url, { 'a.jpg': photo }));
    await vi.waitFor(async () => expect((await world.requests.depth()).visible).toBe(6));
    await world.requests.receive({ max: 2, waitSeconds: 0, visibilitySeconds: 30 });

    expect(await facefleet('purge', 'queues', '--yes', '--url', service.url)).toMatchObject({
      code: 0,
      stdout: 'The queues are empty.\n',
    });
    for (const { status, text } of await Promise.all(uploads)) {
      expect(status).toBe(410);
      expect(text).toMatch(/^a\.jpg:error: purged: /);
    }
    expect(await world.requests.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  it('buckets: photos and results are gone in every version, the gallery is not', async () => {
    const { service, world } = await serviceWith(startService);
    const photo = await samplePhoto(1);
    await upload(service.url, { 'twice.jpg': photo });
    await upload(service.url, { 'twice.jpg': photo });
    await world.galleryBucket.put('people/Ada/1.jpg', photo);
    // The last results are stored just after their answers.
    for (const queue of [world.requests, world.replies]) {
      await vi.waitFor(async () => expect((await queue.depth()).inFlight).toBe(0));
    }
    const purged = await facefleet('purge', 'buckets', '--yes', '--url', service.url);
    expect(purged.code).toBe(0);
    expect(await keysOf(world.inputBucket, { allVersions: true })).toEqual([]);
    expect(await keysOf(world.outputBucket, { allVersions: true })).toEqual([]);
    expect(await keysOf(world.galleryBucket)).toEqual(['people/Ada/1.jpg']);
    expect(await upload(service.url, { 'next.jpg': photo })).toMatchObject({ status: 200 });
  });

  it('asks first, and says so where nobody can be asked', async () => {
    const { code, stderr } = await facefleet('purge', 'queues');
    expect(code).toBe(1);
    expect(stderr).toContain('say so with --yes');
  });

  it('knows nothing else to purge', async () => {
    const { code, stderr } = await facefleet('purge', 'gallery', '--yes');
    expect(code).toBe(1);
    expect(stderr).toContain('Allowed choices are queues, buckets');
  });
});
