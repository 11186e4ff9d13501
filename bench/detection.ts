import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Command } from 'commander';
import { z } from 'zod';

import { packageRoot } from '../src/package-root.ts';
import type { Box } from '../src/recognition/bitmap.ts';
import { createRecognizer } from '../src/recognition/recognizer.ts';
import { progressBar } from './progress.ts';

interface Options {
  readonly images: string;
  readonly noses: string;
  readonly models: string;
}

type Nose = readonly [x: number, y: number];

const { images, noses, models } = new Command('bench:detection')
  .description(
    'How many faces are found in photos of groups, told by their noses. A box is right when it holds\n' +
      'exactly one nose that no better box holds; every other box is a false positive.',
  )
  .requiredOption('--images <dir>', 'folder of photos')
  .requiredOption('--noses <file>', 'JSON: file name → [[x, y], …] in pixels of the upright photo')
  .option('--models <dir>', 'folder with the models', join(packageRoot, 'models'))
  .parse()
  .opts<Options>();

const nosesByPhoto = z
  .record(z.string(), z.array(z.tuple([z.number(), z.number()])))
  .parse(JSON.parse(await readFile(noses, 'utf8')));
const recognizer = await createRecognizer({ modelsDir: models });
const progress = progressBar('photos', Object.keys(nosesByPhoto).length);

const total = { found: 0, noses: 0, falsePositives: 0 };
for (const [name, expected] of Object.entries(nosesByPhoto)) {
  const photo = await recognizer.decode(await readFile(join(images, name)));
  const faces = await recognizer.analyze(photo);
  const found = foundNoses(
    faces.map(({ box }) => box),
    expected,
  );
  total.found += found;
  total.noses += expected.length;
  total.falsePositives += faces.length - found;
  progress.increment();
  if (found < expected.length || faces.length > found) {
    process.stderr.write(`${name}: ${found} of ${expected.length} noses, ${faces.length} boxes\n`);
  }
}
progress.stop();
await recognizer.close();
process.stdout.write(`${JSON.stringify(total)}\n`);

function foundNoses(boxes: readonly Box[], expected: readonly Nose[]): number {
  const found = new Set<Nose>();
  for (const box of boxes) {
    const [nose, ...others] = expected.filter((candidate) => holds(box, candidate));
    if (nose && others.length === 0) found.add(nose);
  }
  return found.size;
}

function holds({ x, y, width, height }: Box, [noseX, noseY]: Nose): boolean {
  return noseX >= x && noseX <= x + width && noseY >= y && noseY <= y + height;
}
