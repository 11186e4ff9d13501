import type { Point } from './bitmap.ts';

/** A similarity transform without reflection: (x, y) → (a·x − b·y + tx, b·x + a·y + ty). */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly tx: number;
  readonly ty: number;
}

/**
 * The similarity that brings `from` nearest to `to` in the sense of least squares, point by point
 * (Umeyama 1991, "Least-squares estimation of transformation parameters between two point
 * patterns", in two dimensions, where the rotation has a closed form).
 */
export function fitSimilarity(from: readonly Point[], to: readonly Point[]): Similarity {
  const fromCentre = centroid(from);
  const toCentre = centroid(to);
  let along = 0;
  let across = 0;
  let spread = 0;
  for (const [i, point] of from.entries()) {
    const x = point.x - fromCentre.x;
    const y = point.y - fromCentre.y;
    const u = (to[i]?.x ?? 0) - toCentre.x;
    const v = (to[i]?.y ?? 0) - toCentre.y;
    along += x * u + y * v;
    across += x * v - y * u;
    spread += x * x + y * y;
  }
  const a = along / spread;
  const b = across / spread;
  return {
    a,
    b,
    tx: toCentre.x - a * fromCentre.x + b * fromCentre.y,
    ty: toCentre.y - b * fromCentre.x - a * fromCentre.y,
  };
}

export function applySimilarity({ a, b, tx, ty }: Similarity, { x, y }: Point): Point {
  return { x: a * x - b * y + tx, y: b * x + a * y + ty };
}

export function invertSimilarity({ a, b, tx, ty }: Similarity): Similarity {
  const square = a * a + b * b;
  return {
    a: a / square,
    b: -b / square,
    tx: -(a * tx + b * ty) / square,
    ty: (b * tx - a * ty) / square,
  };
}

export function centroid(points: readonly Point[]): Point {
  let x = 0;
  let y = 0;
  for (const point of points) {
    x += point.x;
    y += point.y;
  }
  return { x: x / points.length, y: y / points.length };
}
