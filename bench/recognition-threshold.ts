import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { Command } from 'commander';

import { packageRoot } from '../src/package-root.ts';
import { createRecognizer } from '../src/recognition/recognizer.ts';
import { rounded } from './statistics.ts';
import { embedSubjects } from './subject-embeddings.ts';

interface Options {
  readonly images: string;
  readonly fmr: string;
  readonly models: string;
  readonly embedder?: string;
}

/** One photo of one person. */
interface Subject {
  readonly person: string;
  readonly embedding: Float32Array;
}

const GALLERY_SIZE = 100;

const options = new Command('bench:threshold')
  .description(
    'The threshold of an embedder, from every pair of photos of two people: the one that as few of\n' +
      'them reach as --fmr says, rounded up to thousandths. Then, at that threshold: the share of pairs\n' +
      'of two people that match (FMR), of pairs of one person that do not (FNMR), and of strangers who\n' +
      `are taken for somebody in a gallery of ${GALLERY_SIZE} people, and of everybody else, one photo each.`,
  )
  .requiredOption('--images <dir>', 'folder with NAME/*.jpg')
  .option('--fmr <share>', 'the false match rate to aim at', '1e-4')
  .option('--models <dir>', 'folder with the models', join(packageRoot, 'models'))
  .option('--embedder <id>', 'embedder of the manifest (default: the first)')
  .parse()
  .opts<Options>();

const recognizer = await createRecognizer({
  modelsDir: options.models,
  ...(options.embedder !== undefined && { embedderId: options.embedder }),
});
const names = await readdir(options.images, { recursive: true });
const paths = names.filter((name) => name.endsWith('.jpg')).toSorted();
const embeddings = await embedSubjects(recognizer, options.images, paths);
await recognizer.close();

const subjects = [...embeddings].map(([path, embedding]) => ({
  person: path.split('/')[0] ?? '',
  embedding,
}));
const { same, different } = similaritiesOf(subjects);
const target = different[Math.ceil(different.length * (1 - Number(options.fmr)))] ?? 1;
const threshold = Math.ceil(target * 1000) / 1000;
const lookalikes = lookalikesOf(firstOfEach(subjects), threshold);

process.stdout.write(
  `${JSON.stringify({
    embedder: recognizer.embedder.id,
    threshold,
    fmr: rounded(shareFrom(different, threshold), 7),
    fnmr: rounded(1 - shareFrom(same, threshold), 4),
    falseIdentification: {
      [GALLERY_SIZE]: rounded(falseIdentification(lookalikes, GALLERY_SIZE), 4),
      [lookalikes.length - 1]: rounded(falseIdentification(lookalikes, lookalikes.length - 1), 4),
    },
    photos: subjects.length,
    samePairs: same.length,
    differentPairs: different.length,
  })}\n`,
);

/** The cosines of all pairs, ascending. */
function similaritiesOf(given: readonly Subject[]): {
  same: Float32Array;
  different: Float32Array;
} {
  const same: number[] = [];
  const different: number[] = [];
  for (const [i, one] of given.entries()) {
    for (const other of given.slice(i + 1)) {
      (one.person === other.person ? same : different).push(cosine(one, other));
    }
  }
  return {
    same: Float32Array.from(same).toSorted(),
    different: Float32Array.from(different).toSorted(),
  };
}

function cosine(one: Subject, other: Subject): number {
  let sum = 0;
  for (let i = 0; i < one.embedding.length; i++) {
    sum += (one.embedding[i] as number) * (other.embedding[i] as number);
  }
  return sum;
}

/** The share of ascending values that are at least `limit`. */
function shareFrom(ascending: Float32Array, limit: number): number {
  const first = ascending.findIndex((value) => value >= limit);
  return first === -1 ? 0 : (ascending.length - first) / ascending.length;
}

function firstOfEach(given: readonly Subject[]): Subject[] {
  return [...new Map(given.toReversed().map((subject) => [subject.person, subject])).values()];
}

/** How many of the others each person could be taken for. */
function lookalikesOf(given: readonly Subject[], limit: number): number[] {
  return given.map(
    (one) => given.filter((other) => other !== one && cosine(one, other) >= limit).length,
  );
}

/**
 * The chance that a gallery of `size` people, drawn at random from the others, holds a lookalike of
 * a stranger: without replacement, in the mean over all strangers.
 */
function falseIdentification(lookalikeCounts: readonly number[], size: number): number {
  const others = lookalikeCounts.length - 1;
  const chances = lookalikeCounts.map((count) => {
    let noneDrawn = 1;
    for (let i = 0; i < size; i++) noneDrawn *= Math.max(0, 1 - count / (others - i));
    return 1 - noneDrawn;
  });
  return chances.reduce((sum, chance) => sum + chance, 0) / chances.length;
}
