import type { IdentifiedFace } from '../recognition/recognizer.ts';

/**
 * A face in the digits that mean something: whole pixels, and thousandths. The edges are rounded, so
 * that boxes which touch still do.
 */
export function rounded({ box, score, name, similarity, nearest }: IdentifiedFace): IdentifiedFace {
  const [left, top] = [Math.round(box.x), Math.round(box.y)];
  return {
    box: {
      x: left,
      y: top,
      width: Math.round(box.x + box.width) - left,
      height: Math.round(box.y + box.height) - top,
    },
    score: thousandths(score),
    name,
    similarity: similarity === null ? null : thousandths(similarity),
    nearest: nearest.map((person) => ({
      name: person.name,
      similarity: thousandths(person.similarity),
    })),
  };
}

const thousandths = (value: number): number => Math.round(value * 1000) / 1000;
