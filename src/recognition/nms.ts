import type { Box } from './bitmap.ts';

export interface ScoredBox {
  readonly box: Box;
  /** Confidence, 0 to 1. */
  readonly score: number;
}

/**
 * Greedy non-maximum suppression: the best box stays, every other that overlaps it by more than
 * `maxOverlap` (intersection over union) goes, and so on. Best first.
 */
export function suppressOverlaps<T extends ScoredBox>(
  candidates: readonly T[],
  maxOverlap: number,
): T[] {
  const kept: T[] = [];
  for (const candidate of candidates.toSorted((one, other) => other.score - one.score)) {
    if (kept.every(({ box }) => intersectionOverUnion(box, candidate.box) <= maxOverlap)) {
      kept.push(candidate);
    }
  }
  return kept;
}

export function intersectionOverUnion(one: Box, other: Box): number {
  const width = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const height = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  if (width <= 0 || height <= 0) return 0;
  const intersection = width * height;
  return intersection / (one.width * one.height + other.width * other.height - intersection);
}
