import { expect, it } from 'vitest';

import { rounded } from '../../src/people/rounded-face.ts';

it('tells boxes in whole pixels by their edges, and scores in thousandths', () => {
  const box = { x: 10.4, y: -0.6, width: 20.3, height: 30.05 };
  const nearest = [{ name: 'Ada', similarity: -0.12345 }];
  expect(rounded({ box, score: 0.99876, name: 'Ada', similarity: -0.12345, nearest })).toEqual({
    box: { x: 10, y: -1, width: 21, height: 30 },
    score: 0.999,
    name: 'Ada',
    similarity: -0.123,
    nearest: [{ name: 'Ada', similarity: -0.123 }],
  });
});

it('tells of no similarity where there is nobody to compare with', () => {
  const box = { x: 1, y: 2, width: 3, height: 4 };
  const face = { box, score: 1, name: 'unknown', similarity: null, nearest: [] };
  expect(rounded(face)).toEqual(face);
});
