import type { Point } from './bitmap.ts';
import { fivePoints } from './landmarks.ts';

/** Which of a face's landmarks belong where in an embedder's input. */
export interface FaceTemplate {
  /** Picks from the 68 landmarks those that correspond to `points`. */
  readonly pick: (landmarks: readonly Point[]) => readonly Point[];
  /** In shares of the input's side. */
  readonly points: readonly Point[];
}

export type TemplateName = 'arcface' | 'dlib';

/** dlib's `get_face_chip_details` leaves this share of the face free on each side. */
const DLIB_PADDING = 0.25;

export const FACE_TEMPLATES: Readonly<Record<TemplateName, FaceTemplate>> = {
  /** Five points in 112 × 112 pixels, as InsightFace aligns for ArcFace (Deng et al. 2019). */
  arcface: {
    pick: fivePoints,
    points: pointsOf([
      [38.2946, 51.6963],
      [73.5318, 51.5014],
      [56.0252, 71.7366],
      [41.5493, 92.3655],
      [70.7299, 92.2041],
    ]).map(({ x, y }) => ({ x: x / 112, y: y / 112 })),
  },
  /** dlib's mean face, as its face recognition network was trained: without jaw, brows, lower lip. */
  dlib: {
    pick: (landmarks) => [...landmarks.slice(27, 55), ...landmarks.slice(60, 68)],
    points: pointsOf([
      [0.490127, 0.203352],
      [0.490127, 0.307009],
      [0.490127, 0.409805],
      [0.490127, 0.515625],
      [0.36688, 0.587326],
      [0.426036, 0.609345],
      [0.490127, 0.628106],
      [0.554217, 0.609345],
      [0.613373, 0.587326],
      [0.121737, 0.216423],
      [0.187122, 0.178758],
      [0.265825, 0.179852],
      [0.334606, 0.231733],
      [0.260918, 0.245099],
      [0.182743, 0.244077],
      [0.645647, 0.231733],
      [0.714428, 0.179852],
      [0.793132, 0.178758],
      [0.858516, 0.216423],
      [0.79751, 0.244077],
      [0.719335, 0.245099],
      [0.254149, 0.780233],
      [0.340985, 0.745405],
      [0.428858, 0.727388],
      [0.490127, 0.742578],
      [0.551395, 0.727388],
      [0.639268, 0.745405],
      [0.726104, 0.780233],
      [0.290379, 0.784792],
      [0.428096, 0.778746],
      [0.490127, 0.785343],
      [0.552157, 0.778746],
      [0.689874, 0.784792],
      [0.553364, 0.824182],
      [0.490127, 0.831803],
      [0.42689, 0.824182],
    ]).map(({ x, y }) => ({
      x: (x + DLIB_PADDING) / (1 + 2 * DLIB_PADDING),
      y: (y + DLIB_PADDING) / (1 + 2 * DLIB_PADDING),
    })),
  },
};

function pointsOf(pairs: readonly (readonly [x: number, y: number])[]): Point[] {
  return pairs.map(([x, y]) => ({ x, y }));
}
