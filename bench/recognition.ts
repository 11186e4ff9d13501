import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { Command } from 'commander';
import sharp from 'sharp';

import { packageRoot } from '../src/package-root.ts';
import { photosFor, SMALL_SIDE } from './photos.ts';
import type { RecognitionRun } from './recognition-run.ts';

interface Options {
  readonly images?: string;
  readonly photos: string;
  readonly rounds: string;
  readonly models: string;
  readonly embedder?: string;
}

/** Small photos that make one of 4,000 × 3,000 pixels. */
const LARGE = { across: 16, down: 12 };

const options = new Command('bench:recognition')
  .description(
    'How long one thread takes to recognise a photo, in all and by step (medians, milliseconds),\n' +
      'and how many photos a second one process does with two in flight. By default the photos are\n' +
      `${SMALL_SIDE} × ${SMALL_SIDE} pixels around each face of the sample photos that the tests use.`,
  )
  .option('--images <dir>', 'folder of photos, subfolders included, to use instead')
  .option('--photos <n>', 'use at most so many photos', '200')
  .option('--rounds <n>', 'recognise each so many times', '3')
  .option('--models <dir>', 'folder with the models', join(packageRoot, 'models'))
  .option('--embedder <id>', 'embedder of the manifest (default: the first)')
  .parse()
  .opts<Options>();

const photos = await photosFor(options.images, Number(options.photos), options.models);
const run: RecognitionRun = {
  modelsDir: options.models,
  ...(options.embedder !== undefined && { embedderId: options.embedder }),
  photos,
  largePhoto: await mosaicOf(photos),
  rounds: Number(options.rounds),
};

const child = fork(join(import.meta.dirname, 'recognition-run.js'), { serialization: 'advanced' });
child.send(run);
const [figures]: unknown[] = await once(child, 'message');
process.stdout.write(`${JSON.stringify(figures)}\n`);

/** One large photo of small ones: as much detail as a real one of 12 megapixels has. */
async function mosaicOf(given: readonly Uint8Array[]): Promise<Buffer> {
  const tiles = await Promise.all(
    Array.from({ length: LARGE.across * LARGE.down }, (_, i) =>
      sharp(given[i % given.length])
        .resize(SMALL_SIDE, SMALL_SIDE)
        .toBuffer(),
    ),
  );
  return sharp(tiles, { join: { across: LARGE.across } })
    .jpeg({ quality: 90 })
    .toBuffer();
}
