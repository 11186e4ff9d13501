import { describe, expect, it } from 'vitest';

import { decodeBoxes } from '../../src/recognition/box-decoding.ts';

/** How many priors an input of 320 × 240 has: 40·30·3 + 20·15·2 + 10·8·2 + 5·4·3. */
const PRIORS = 4420;
const INPUT = { width: 320, height: 240 };

/** Outputs that see nothing but one face. */
function outputsWith(prior: number, margin: number, offsets: readonly number[] = [0, 0, 0, 0]) {
  const logits = new Float32Array(2 * PRIORS);
  for (let i = 0; i < PRIORS; i++) logits[2 * i] = 20;
  logits[2 * prior] = 0;
  logits[2 * prior + 1] = margin;
  const locations = new Float32Array(4 * PRIORS);
  locations.set(offsets, 4 * prior);
  return { logits, locations };
}

function decode(prior: number, margin: number, offsets?: readonly number[], minScore = 0.65) {
  const { logits, locations } = outputsWith(prior, margin, offsets);
  return decodeBoxes(INPUT, logits, locations, minScore);
}

describe('the boxes that the detector means', () => {
  it.each([
    ['the first', 0, { x: 4 - 5, y: 4 - 5, width: 10, height: 10 }],
    ['the second size of the first cell', 1, { x: 4 - 8, y: 4 - 8, width: 16, height: 16 }],
    ['the second cell of the first row', 3, { x: 12 - 5, y: 4 - 5, width: 10, height: 10 }],
    ['the first cell of the second row', 120, { x: 4 - 5, y: 12 - 5, width: 10, height: 10 }],
    ['the first of the second map', 3600, { x: 8 - 16, y: 8 - 16, width: 32, height: 32 }],
    ['the last of all', PRIORS - 1, { x: 288 - 128, y: 224 - 128, width: 256, height: 256 }],
  ])('are their priors when nothing is offset: %s', (_, prior, box) => {
    expect(decode(prior, 5)).toEqual([{ box, score: expect.closeTo(1 / (1 + Math.exp(-5)), 6) }]);
  });

  it('are shifted by tenths of the prior and stretched by powers of e in fifths', () => {
    const [found] = decode(PRIORS - 1, 5, [1, -2, Math.log(2) * 5, Math.log(0.5) * 5]);
    const { x = 0, y = 0, width = 0, height = 0 } = found?.box ?? {};
    expect(width).toBeCloseTo(512, 3);
    expect(height).toBeCloseTo(128, 3);
    expect(x + width / 2).toBeCloseTo(288 + 25.6, 3);
    expect(y + height / 2).toBeCloseTo(224 - 51.2, 3);
  });

  it('have at least the confidence asked for', () => {
    const margin = Math.log(0.65 / 0.35);
    expect(decode(0, margin + 0.001)).toHaveLength(1);
    expect(decode(0, margin - 0.001)).toEqual([]);
    expect(decode(0, 2, undefined, 0.9)).toEqual([]);
  });

  it('are no narrower than the smallest prior', () => {
    expect(decode(0, 5, [0, 0, 0.1, 0])).toHaveLength(1);
    expect(decode(0, 5, [0, 0, -0.1, 0])).toEqual([]);
  });
});
