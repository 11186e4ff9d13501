import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';

import { readManifest } from '../models/manifest.ts';
import { readPackageFiles } from '../models/package-file.ts';
import { packageRoot } from '../src/package-root.ts';
import { samplePhoto } from '../test/sample-photos.ts';

/**
 * The cost of one run of each model on one thread, and of the published file where that is ONNX, too;
 * taken in turns, so that a slow moment of the machine touches all of them. The last line is JSON.
 */
const ROUNDS = 300;
const WARM_UP = 20;

/** Height and width of the inputs that are free: the detector's for a photo of 4:3. */
const DETECTOR_SIZE = [240, 320] as const;

interface Contestant {
  readonly name: string;
  readonly session: InferenceSession;
  readonly input: Tensor;
  readonly milliseconds: number[];
}

const contestants: Contestant[] = [];
const normalised = (value: number): number => (value - 127.5) / 128;
const raw = (value: number): number => value;
for (const { id, file, source } of await readManifest(join(packageRoot, 'models'))) {
  const built = await readFile(join(packageRoot, 'models', file));
  contestants.push(await contestant(id, built, id === 'landmarks68' ? normalised : raw));
  const [published] = source?.files[0]?.path.endsWith('.onnx')
    ? await readPackageFiles(source)
    : [];
  if (published) {
    contestants.push(await contestant(`${id}, published`, published, normalised));
  }
}
for (let round = 0; round < WARM_UP + ROUNDS; round++) {
  for (const { session, input, milliseconds } of contestants) {
    const start = performance.now();
    await session.run({ input });
    if (round >= WARM_UP) milliseconds.push(performance.now() - start);
  }
}
const medians = Object.fromEntries(
  contestants.map(({ name, milliseconds }) => [name, median(milliseconds)]),
);
for (const [name, milliseconds] of Object.entries(medians)) {
  process.stdout.write(`${name.padEnd(24)} ${milliseconds.toFixed(2)} ms\n`);
}
process.stdout.write(`${JSON.stringify({ modelMs: medians })}\n`);

async function contestant(
  name: string,
  model: Uint8Array,
  toInput: (value: number) => number,
): Promise<Contestant> {
  const session = await InferenceSession.create(model, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 3,
  });
  const [description] = session.inputMetadata;
  if (!description?.isTensor) throw new Error(`${name} takes no tensor.`);
  const { shape, type } = description;
  const dims = [
    1,
    ...shape.slice(1).map((dim, i) => (typeof dim === 'number' ? dim : freeSize(i))),
  ];
  return { name, session, input: await photoTensor(dims, type, toInput), milliseconds: [] };
}

function freeSize(axis: number): number {
  return DETECTOR_SIZE[axis - 1] ?? 1;
}

/** A real photo, since the cost of some operators depends on what they see. */
async function photoTensor(
  dims: number[],
  type: string,
  toInput: (value: number) => number,
): Promise<Tensor> {
  const [, channels = 3, height = 1, width = 1] = dims;
  const pixels = await sharp(await samplePhoto(1))
    .resize(width, height, { fit: 'cover' })
    .removeAlpha()
    .raw()
    .toBuffer();
  const planes = new Uint8Array(channels * height * width);
  for (let i = 0; i < planes.length; i++) {
    const [plane, pixel] = [Math.floor(i / (height * width)), i % (height * width)];
    planes[i] = pixels[3 * pixel + plane] ?? 0;
  }
  if (type === 'uint8') return new Tensor('uint8', planes, dims);
  return new Tensor('float32', Float32Array.from(planes, toInput), dims);
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
