import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { Command } from 'commander';
import sharp from 'sharp';

import { packageRoot } from '../src/package-root.ts';
import { Gallery } from '../src/recognition/gallery.ts';
import { createRecognizer } from '../src/recognition/recognizer.ts';
import type { Recognizer, Stage } from '../src/recognition/recognizer.ts';
import { toPlanarRgb } from '../src/recognition/resample.ts';
import { samplePhoto } from '../test/sample-photos.ts';
import { progressBar } from './progress.ts';
import { median, rounded } from './statistics.ts';

interface Options {
  readonly images?: string;
  readonly photos: string;
  readonly rounds: string;
  readonly models: string;
  readonly embedder?: string;
}

/** The side of the photos that faces are cut into by default, LFW's. */
const SMALL_SIDE = 250;

/** Small photos that make one of 4,000 × 3,000 pixels. */
const LARGE = { across: 16, down: 12 };
const LARGE_RUNS = 15;

/** How many photos are in flight when throughput is measured, as in a worker. */
const IN_FLIGHT = 2;

const options = new Command('bench:recognition')
  .description(
    'How long one thread takes to recognise a photo, in all and by step (medians, milliseconds),\n' +
      `and how many photos a second one process does with ${IN_FLIGHT} in flight. By default the photos are\n` +
      `${SMALL_SIDE} × ${SMALL_SIDE} pixels around each face of the sample photos that the tests use.`,
  )
  .option('--images <dir>', 'folder of photos, subfolders included, to use instead')
  .option('--photos <n>', 'use at most so many photos', '200')
  .option('--rounds <n>', 'recognise each so many times', '3')
  .option('--models <dir>', 'folder with the models', join(packageRoot, 'models'))
  .option('--embedder <id>', 'embedder of the manifest (default: the first)')
  .parse()
  .opts<Options>();

const stages = new Map<Stage, number[]>();
const recognizer = await createRecognizer({
  modelsDir: options.models,
  ...(options.embedder !== undefined && { embedderId: options.embedder }),
  onStage: (stage, milliseconds) => stages.set(stage, [...(stages.get(stage) ?? []), milliseconds]),
});
const { id, width } = recognizer.embedder;
const nobody = new Gallery({ id, width }, []);

const photos = (
  options.images === undefined
    ? await smallPhotosOf(await samplePhotos(), recognizer)
    : await photosIn(options.images)
).slice(0, Number(options.photos));
const large = await largePhotoOf(photos);

await timeEach(photos, 1);
stages.clear();
const totals = await timeEach(photos, Number(options.rounds));
const stageMs = (stage: Stage): number => rounded(median(stages.get(stage) ?? []), 2);
const byStage = {
  decodeMs: stageMs('decode'),
  detectMs: stageMs('detect'),
  landmarksMs: stageMs('landmarks'),
  alignMs: stageMs('align'),
  embedMs: stageMs('embed'),
};
const decode12MpMs = await timeDecodingForDetection(large);
const photosPerSecond = await measureThroughput(photos, Number(options.rounds));
await recognizer.close();

process.stdout.write(
  `${JSON.stringify({
    embedder: id,
    photos: photos.length,
    totalMs: rounded(median(totals), 2),
    ...byStage,
    decode12MpMs: rounded(decode12MpMs, 1),
    photosPerSecond: rounded(photosPerSecond, 1),
    rssMb: rounded(process.resourceUsage().maxRSS / 1024, 0),
  })}\n`,
);

async function recognise(bytes: Uint8Array): Promise<void> {
  await recognizer.recognize(await recognizer.decode(bytes), nobody);
}

async function timeEach(given: readonly Uint8Array[], rounds: number): Promise<number[]> {
  const times: number[] = [];
  const progress = progressBar('photos', given.length * rounds);
  for (let round = 0; round < rounds; round++) {
    for (const bytes of given) {
      const start = performance.now();
      await recognise(bytes);
      times.push(performance.now() - start);
      progress.increment();
    }
  }
  progress.stop();
  return times;
}

async function measureThroughput(given: readonly Uint8Array[], rounds: number): Promise<number> {
  const waiting = Array.from({ length: rounds }, () => given).flat();
  const start = performance.now();
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      for (let next = waiting.pop(); next; next = waiting.pop()) await recognise(next);
    }),
  );
  return (given.length * rounds * 1000) / (performance.now() - start);
}

/** From the bytes of a file to what the detector's finest pass takes in. */
async function timeDecodingForDetection(bytes: Uint8Array): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < LARGE_RUNS; run++) {
    const start = performance.now();
    const { bitmap } = (await recognizer.decode(bytes)).preview;
    toPlanarRgb(bitmap, bitmap.width, bitmap.height);
    times.push(performance.now() - start);
  }
  return median(times);
}

function samplePhotos(): Promise<Uint8Array[]> {
  return Promise.all(([1, 2, 3, 4, 5, 6] as const).map(samplePhoto));
}

async function photosIn(folder: string): Promise<Uint8Array[]> {
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((name) => /\.(jpe?g|png|webp|gif|tiff?|bmp)$/i.test(name)).toSorted();
  return Promise.all(files.map((name) => readFile(join(folder, name))));
}

/** A photo of each face, as LFW has them: the face in the middle of about twice its height. */
async function smallPhotosOf(given: readonly Uint8Array[], using: Recognizer): Promise<Buffer[]> {
  const small: Buffer[] = [];
  for (const bytes of given) {
    const photo = await using.decode(bytes);
    for (const { box } of await using.analyze(photo)) {
      const side = box.height * 2.25;
      const x = box.x + (box.width - side) / 2;
      const y = box.y + (box.height - side) / 2;
      const { bitmap } = await photo.view({ x, y, width: side, height: side }, 1);
      const { data, width, height } = bitmap;
      small.push(
        await sharp(data, { raw: { width, height, channels: 4 } })
          .resize(SMALL_SIDE, SMALL_SIDE)
          .jpeg({ quality: 90 })
          .toBuffer(),
      );
    }
  }
  return small;
}

/** A mosaic of the photos: as much detail as a real one of 12 megapixels has. */
async function largePhotoOf(given: readonly Uint8Array[]): Promise<Buffer> {
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
