import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Command } from 'commander';

import { packageRoot } from '../src/package-root.ts';
import { createRecognizer } from '../src/recognition/recognizer.ts';
import { parsePairs } from './lfw-pairs.ts';
import type { Pair } from './lfw-pairs.ts';
import { mean, rounded, standardDeviation } from './statistics.ts';
import { embedSubjects } from './subject-embeddings.ts';

/** A pair with the cosine of its faces; without one when a face was not found. */
interface ScoredPair extends Pair {
  readonly similarity: number | undefined;
}

interface Options {
  readonly images: string;
  readonly pairs: string;
  readonly models: string;
  readonly embedder?: string;
}

/** Folds that a file of a single fold is dealt into. */
const FOLDS = 10;

const { images, pairs, models, embedder } = new Command('bench:accuracy')
  .description(
    'Face verification on pairs of photos, as LFW is measured: each fold is judged by the threshold\n' +
      'that is best on the other folds; a pair with a face that was not found counts as wrong.\n' +
      'The pairs of a file with a single fold are dealt into ten.',
  )
  .requiredOption('--images <dir>', 'folder with NAME/NAME_0001.jpg')
  .requiredOption('--pairs <file>', "pairs in LFW's format, with 1 or 10 folds")
  .option('--models <dir>', 'folder with the models', join(packageRoot, 'models'))
  .option('--embedder <id>', 'embedder of the manifest (default: the first)')
  .parse()
  .opts<Options>();

const folds = dealt(parsePairs(await readFile(pairs, 'utf8')));
const paths = [...new Set(folds.flat().flatMap(({ one, other }) => [one, other]))];
const recognizer = await createRecognizer({
  modelsDir: models,
  ...(embedder !== undefined && { embedderId: embedder }),
});
const embeddings = await embedSubjects(recognizer, images, paths);
await recognizer.close();

const scored = folds.map((fold) => fold.map(score));
const thresholds = scored.map((_, i) => bestThreshold(scored.filter((__, j) => j !== i).flat()));
const accuracies = scored.map((fold, i) => accuracyOf(fold, thresholds[i] ?? Number.NaN));

process.stdout.write(
  `${JSON.stringify({
    embedder: recognizer.embedder.id,
    accuracy: rounded(mean(accuracies), 4),
    std: rounded(standardDeviation(accuracies), 4),
    threshold: rounded(mean(thresholds), 3),
    missed: paths.length - embeddings.size,
    photos: paths.length,
  })}\n`,
);

function dealt(given: readonly Pair[][]): Pair[][] {
  const [single, ...others] = given;
  if (single === undefined || others.length > 0) return [...given];
  const same = single.filter((pair) => pair.same);
  const different = single.filter((pair) => !pair.same);
  return Array.from({ length: FOLDS }, (_, fold) =>
    [...same, ...different].filter((__, i) => i % FOLDS === fold),
  );
}

function score(pair: Pair): ScoredPair {
  const one = embeddings.get(pair.one);
  const other = embeddings.get(pair.other);
  return { ...pair, similarity: one && other && cosine(one, other) };
}

function cosine(one: Float32Array, other: Float32Array): number {
  return one.reduce((sum, value, i) => sum + value * (other[i] ?? 0), 0);
}

/** The threshold that judges most pairs rightly; the middle of the best stretch. */
function bestThreshold(given: readonly ScoredPair[]): number {
  const candidates = given.flatMap(({ similarity }) => similarity ?? []).toSorted((a, b) => a - b);
  let best: number[] = [];
  let most = -1;
  for (const candidate of candidates) {
    const right = accuracyOf(given, candidate);
    if (right > most) {
      most = right;
      best = [];
    }
    if (right === most) best.push(candidate);
  }
  return mean(best);
}

function accuracyOf(given: readonly ScoredPair[], threshold: number): number {
  const right = given.filter(
    ({ similarity, same }) => similarity !== undefined && similarity >= threshold === same,
  );
  return right.length / given.length;
}
