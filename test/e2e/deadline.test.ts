import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it, onTestFinished, vi } from 'vitest';

import { openLocalWorld } from '../../src/adapters/local/world.ts';
import { SAMPLE_FACES, samplePhoto } from '../sample-photos.ts';
import { startPart, startService, upload } from './service.ts';

it('a photo whose client was sent away, or went away, is recognised by the next service', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'facefleet-deadline-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const photo = await samplePhoto(1);

  const args = ['--port', '0', '--data-dir', dataDir, '--deadline', '1'];
  const first = await startPart('web', ...args);
  const leaving = AbortSignal.timeout(500);
  const gone = upload(first.url, { 'gone.jpg': photo }, 'text/plain', leaving).catch(() => {});
  const late = await upload(first.url, { 'late.jpg': photo }, 'application/json');
  await gone;
  expect(late.status).toBe(504);
  const { id, error } = JSON.parse(late.text);
  expect(error).toMatchObject({
    code: 'deadline_exceeded',
    message: expect.stringContaining(id) as string,
  });
  const pending = { id, fileName: 'late.jpg', status: 'pending' };
  expect(await statusOf(first.url, id)).toMatchObject(pending);
  await first.kill();

  const second = await startService('--data-dir', dataDir);
  onTestFinished(() => second.stop().then(() => {}));
  await vi.waitFor(
    async () =>
      expect(await statusOf(second.url, id)).toMatchObject({
        ...pending,
        status: 'done',
        faces: Array.from({ length: SAMPLE_FACES[1] }, () => ({ name: 'unknown' })),
      }),
    { timeout: 30_000, interval: 100 },
  );
  const world = await openLocalWorld(dataDir);
  onTestFinished(() => world.close());
  await vi.waitFor(
    async () =>
      expect(await world.outputBucket.head('gone.jpg')).toMatchObject({ key: 'gone.jpg' }),
    { timeout: 30_000, interval: 100 },
  );
});

async function statusOf(url: string, id: string): Promise<unknown> {
  return (await fetch(`${url}/v1/requests/${id}`)).json();
}
