import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import sharp from 'sharp';
import { expect, it, onTestFinished } from 'vitest';

import { seededRandom } from '../../src/bus/random.ts';
import '../counted.ts';
import { bitmap } from '../http/photos.ts';
import { samplePhoto } from '../sample-photos.ts';
import { startService, upload } from './service.ts';

/** Enough to find what breaks often; more by npm run test:photos. */
const FILES = Number(process.env['FACEFLEET_PHOTOS'] ?? 300);
const CLIENTS = 8;
const MB = 2 ** 20;

/** A small photo with faces in every format. */
async function originals(): Promise<Buffer[]> {
  const small = sharp(await samplePhoto(1)).resize(160);
  const formats = ['jpeg', 'png', 'webp', 'gif', 'tiff'] as const;
  const written = formats.map((format) => small.clone().toFormat(format).toBuffer());
  return [...(await Promise.all(written)), Buffer.from(bitmap())];
}

/** The file with some bytes changed, a part cut out, or its end missing; its first bytes mostly stay. */
function mutated(file: Buffer, random: () => number): Buffer {
  const at = (): number => Math.floor(random() ** 2 * file.length);
  const kind = random();
  if (kind < 0.1) return file.subarray(0, at());
  if (kind < 0.2) {
    const from = at();
    return Buffer.concat([file.subarray(0, from), file.subarray(from + at() / 8)]);
  }
  const copy = Buffer.from(file);
  const changes = 1 + Math.floor(random() * 12);
  for (let count = 0; count < changes; count++) copy[at()] = Math.floor(random() * 256);
  return copy;
}

const residentBytes = async (pid: number): Promise<number> =>
  Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;

it('photos that are damaged in any way are answered or refused, and end no process', async ({
  task,
}) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'facefleet-mutated-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const service = await startService('--data-dir', dataDir, '--min-instances', '2');
  onTestFinished(() => service.stop().then(() => {}));
  const files = await originals();
  const random = seededRandom(7);
  const statuses = new Map<number, number>();
  let sent = 0;

  const client = async (): Promise<void> => {
    while (sent < FILES) {
      const file = files[sent++ % files.length] as Buffer;
      const { status } = await upload(service.url, { 'a.jpg': mutated(file, random) });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));

  const unexpected = [...statuses.keys()].filter(
    (status) => ![200, 400, 413, 415, 422].includes(status),
  );
  expect(unexpected).toEqual([]);
  const lines = (message: string) => service.log().filter(({ msg }) => msg === message);
  expect(lines('request')).toHaveLength(FILES);
  expect(lines('a worker ended by itself')).toEqual([]);
  expect(await residentBytes(service.pid)).toBeLessThan(400 * MB);
  task.meta.counted = `${FILES} damaged photos: ${JSON.stringify(Object.fromEntries(statuses))}`;
}, 600_000);
