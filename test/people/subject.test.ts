import { describe, expect, it } from 'vitest';

import { subjectOf } from '../../src/people/subject.ts';

const photo = { width: 300, height: 300 };
const face = (x: number, y: number, size: number) => ({
  box: { x, y, width: size, height: size },
  score: 1,
  embedding: new Float32Array(),
});

describe('the face that a photo is of', () => {
  it('is the only one, wherever it is', () => {
    const only = face(0, 0, 40);
    expect(subjectOf(photo, [only])).toBe(only);
    expect(subjectOf(photo, [])).toBeUndefined();
  });

  it('is the one in the middle, with others beside it', () => {
    const middle = face(90, 90, 110);
    expect(subjectOf(photo, [middle, face(210, 100, 90)])).toBe(middle);
  });

  it('is one twice as large as any other, wherever it is', () => {
    const near = face(10, 10, 120);
    expect(subjectOf(photo, [near, face(200, 100, 80)])).toBe(near);
  });

  it('is not plain when two are side by side', () => {
    expect(subjectOf(photo, [face(30, 100, 105), face(165, 100, 100)])).toBeUndefined();
  });

  it('is not plain when two share the middle, or when the middle one is not the largest', () => {
    expect(subjectOf(photo, [face(60, 90, 110), face(140, 90, 100)])).toBeUndefined();
    expect(subjectOf(photo, [face(190, 90, 100), face(100, 100, 90)])).toBeUndefined();
  });
});
