import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { Command } from 'commander';
import sharp from 'sharp';
import type { OverlayOptions } from 'sharp';

import { packageRoot } from '../src/package-root.ts';
import type { Box } from '../src/recognition/bitmap.ts';
import { Gallery } from '../src/recognition/gallery.ts';
import { intersectionOverUnion } from '../src/recognition/nms.ts';
import { createRecognizer } from '../src/recognition/recognizer.ts';
import { progressBar } from './progress.ts';

interface Options {
  readonly images: string;
  readonly faces: string;
  readonly models: string;
}

/** A photo of one person and where the face is in it. */
interface Portrait {
  readonly name: string;
  readonly photo: Uint8Array;
  readonly box: Box;
  readonly embedding: Float32Array;
}

/** A photo of 12 megapixels, one portrait in each of its cells. */
const CANVAS = { width: 4000, height: 3000, cell: 1000 };
const PER_CANVAS = (CANVAS.width * CANVAS.height) / CANVAS.cell ** 2;

/** Widths of the faces as shares of the photo's width. */
const SHARES = [0.02, 0.026, 0.03, 0.04, 0.06];

const MIN_OVERLAP = 0.4;

const { images, faces, models } = new Command('bench:small-faces')
  .description(
    'How many small faces are found, and named, in photos of 12 megapixels: portraits are pasted\n' +
      `into them, ${PER_CANVAS} at a time, with faces of 2 to 6 % of the width; the gallery holds the portraits.`,
  )
  .requiredOption('--images <dir>', 'folder of portraits, NAME/*.jpg; the first of each is used')
  .option('--faces <n>', 'portraits to use', '72')
  .option('--models <dir>', 'folder with the models', join(packageRoot, 'models'))
  .parse()
  .opts<Options>();

const recognizer = await createRecognizer({ modelsDir: models });
const portraits = await readPortraits(Number(faces));
const gallery = new Gallery(
  recognizer.embedder,
  portraits.map(({ name, embedding }) => ({
    id: name,
    name,
    faces: [{ id: name, photoKey: name, photoSha256: '', embedding }],
  })),
);

const progress = progressBar('photos', SHARES.length * Math.ceil(portraits.length / PER_CANVAS));
const figures: Record<string, { faces: number; found: number; named: number }> = {};
for (const share of SHARES) {
  const total = { faces: portraits.length, found: 0, named: 0 };
  for (let i = 0; i < portraits.length; i += PER_CANVAS) {
    const { found, named } = await measure(portraits.slice(i, i + PER_CANVAS), share);
    total.found += found;
    total.named += named;
    progress.increment();
  }
  figures[share] = total;
}
progress.stop();
await recognizer.close();
process.stdout.write(`${JSON.stringify(figures)}\n`);

async function readPortraits(count: number): Promise<Portrait[]> {
  const found: Portrait[] = [];
  for (const name of (await readdir(images)).toSorted()) {
    if (found.length === count) break;
    const [file = ''] = (await readdir(join(images, name))).toSorted();
    const photo = await readFile(join(images, name, file));
    const seen = await recognizer.analyze(await recognizer.decode(photo));
    // Others in the background would be pasted along.
    const [face] = seen;
    if (face && seen.length === 1) found.push({ name, photo, ...face });
  }
  return found;
}

async function measure(group: readonly Portrait[], share: number) {
  const pasted = await Promise.all(group.map((portrait, i) => paste(portrait, i, share)));
  const bytes = await sharp({ create: { ...CANVAS, channels: 3, background: '#7a8471' } })
    .composite(pasted.map(({ overlay }) => overlay))
    .jpeg({ quality: 90 })
    .toBuffer();
  const seen = await recognizer.recognize(await recognizer.decode(bytes), gallery);
  const matches = pasted.map(({ name, box }) => ({
    name,
    face: seen.find((face) => intersectionOverUnion(face.box, box) >= MIN_OVERLAP),
  }));
  return {
    found: matches.filter(({ face }) => face !== undefined).length,
    named: matches.filter(({ face, name }) => face?.name === name).length,
  };
}

/** A portrait in the middle of a cell, its face as wide as asked for. */
async function paste({ name, photo, box }: Portrait, cell: number, share: number) {
  const { width, height } = await sharp(photo).metadata();
  const scale = (CANVAS.width * share) / box.width;
  const size = { width: Math.round(width * scale), height: Math.round(height * scale) };
  const columns = CANVAS.width / CANVAS.cell;
  const left = (cell % columns) * CANVAS.cell + Math.round((CANVAS.cell - size.width) / 2);
  const top =
    Math.floor(cell / columns) * CANVAS.cell + Math.round((CANVAS.cell - size.height) / 2);
  const input = await sharp(photo).resize(size.width, size.height, { fit: 'fill' }).toBuffer();
  const overlay: OverlayOptions = { input, left, top };
  return {
    name,
    overlay,
    box: {
      x: left + box.x * scale,
      y: top + box.y * scale,
      width: box.width * scale,
      height: box.height * scale,
    },
  };
}
