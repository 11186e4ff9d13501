import type { Random } from '../bus/random.ts';

/** Draws the milliseconds from one photo to the next; Infinity when no more come. */
export type Workload = (random: Random) => number;

/** One photo every so many milliseconds. */
export const steady =
  (intervalMs: number): Workload =>
  () =>
    intervalMs;

/** Photos that come independently of each other, so many a second on average: a Poisson stream. */
export const poisson =
  (perSecond: number): Workload =>
  (random) =>
    exponential(random, 1000 / perSecond);

export const nothing: Workload = () => Infinity;

/** Draws milliseconds that are exponentially distributed with a mean. */
export const exponential = (random: Random, meanMs: number): number =>
  -Math.log(1 - random()) * meanMs;

/** Draws milliseconds from a range, every one as likely. */
export const uniform = (random: Random, minMs: number, maxMs: number): number =>
  minMs + random() * (maxMs - minMs);
