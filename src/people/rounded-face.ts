import type { Box } from '../recognition/bitmap.ts';
import type { IdentifiedFace } from '../recognition/recognizer.ts';

/** A face as it was found, whoever it is. */
export interface FoundFace {
  readonly box: Box;
  readonly score: number;
}

/** A face in the digits that mean something: whole pixels, and thousandths. */
export const rounded = (face: IdentifiedFace): IdentifiedFace => ({
  ...roundedFound(face),
  name: face.name,
  similarity: face.similarity === null ? null : thousandths(face.similarity),
  nearest: face.nearest.map(({ name, similarity }) => ({
    name,
    similarity: thousandths(similarity),
  })),
});

/** The edges are rounded, so that boxes which touch still do. */
export function roundedFound({ box, score }: FoundFace): FoundFace {
  const [left, top] = [Math.round(box.x), Math.round(box.y)];
  return {
    box: {
      x: left,
      y: top,
      width: Math.round(box.x + box.width) - left,
      height: Math.round(box.y + box.height) - top,
    },
    score: thousandths(score),
  };
}

export const thousandths = (value: number): number => Math.round(value * 1000) / 1000;
