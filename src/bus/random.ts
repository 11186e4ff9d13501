/** Draws a number from [0, 1), as `Math.random` does, but from a seed. */
export type Random = () => number;

/** A generator whose whole sequence follows from its seed: mulberry32 (Tommy Ettinger, 2017). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * The same number in [0, 1) for the same text, and unrelated numbers for different ones: randomness
 * for those who may keep no generator. FNV-1a (Fowler, Noll, Vo) finished by mulberry32.
 */
export function fractionOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return seededRandom(hash)();
}
