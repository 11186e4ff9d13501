import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readPackageFiles } from '../models/package-file.ts';
import { sha256 } from '../models/sha256.ts';
import { writeWhole } from '../models/write-whole.ts';
import { packageRoot } from '../src/package-root.ts';

/** Group photos of @vladmandic/face-api (MIT), with 3, 3, 3, 4, 5 and 4 faces. */
const SOURCE = {
  package: '@vladmandic/face-api',
  version: '1.7.15',
  integrity:
    'sha512-WDMmK3CfNLo8jylWqMoQgf4nIst3M0fzx1dnac96wv/dvMTN4DxC/Pq1DGtduDk1lktCamQ3MIDXFnvrdHTXDw==',
  files: [
    '8ecae4b267b2d3169e06e00c7dee97097aa2a94635d45216f7732a5f4943cb51',
    '7d2b60ae6f13bf30f422e04df87451081a02c83de469056f25afb44b7000c691',
    '8eb081c9efb14370fa94d9feab9e5fbeafd19a627491853a80c2bf67f7ffa936',
    '729efa5923061d40eb4ed5f267a18cc7b8ba6f852bb2757b16d8b7e4937476fc',
    '6d45095ebb182d8f975c0790e0e4eefd86fbb40609cf4b271776d92e12662938',
    '9baad80f9d5e306fb9b8c0913d44445f1e95848df317530efb03d0934c57ba87',
  ].map((hash, i) => ({ path: `demo/sample${i + 1}.jpg`, sha256: hash })),
};
const CACHE = join(packageRoot, 'test/.cache');

export type SamplePhotoNumber = 1 | 2 | 3 | 4 | 5 | 6;

/** How many faces each sample photo shows. */
export const SAMPLE_FACES: Readonly<Record<SamplePhotoNumber, number>> = {
  1: 3,
  2: 3,
  3: 3,
  4: 4,
  5: 5,
  6: 4,
};

/** The bytes of a JPEG with faces. Tests find it cached (global-setup.ts); a bench may be the first. */
export async function samplePhoto(n: SamplePhotoNumber): Promise<Uint8Array> {
  return (await cached(n)) ?? ((await fetchSamplePhotos())[n - 1] as Uint8Array);
}

/** Makes sure that all the sample photos are in the cache. */
export async function ensureSamplePhotos(): Promise<void> {
  const photos = await Promise.all(([1, 2, 3, 4, 5, 6] as const).map(cached));
  if (photos.includes(undefined)) await fetchSamplePhotos();
}

async function cached(n: SamplePhotoNumber): Promise<Uint8Array | undefined> {
  const photo = await readFile(pathOf(n)).catch(() => undefined);
  return photo !== undefined && sha256(photo) === SOURCE.files[n - 1]?.sha256 ? photo : undefined;
}

async function fetchSamplePhotos(): Promise<Uint8Array[]> {
  const photos = await readPackageFiles(SOURCE);
  await mkdir(CACHE, { recursive: true });
  await Promise.all(photos.map((photo, i) => writeWhole(pathOf(i + 1), photo)));
  return photos;
}

const pathOf = (n: number): string => join(CACHE, `sample${n}.jpg`);
