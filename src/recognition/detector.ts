import type { Bitmap, Box } from './bitmap.ts';
import { decodeBoxes } from './box-decoding.ts';
import { suppressOverlaps } from './nms.ts';
import type { ScoredBox } from './nms.ts';
import type { OnnxModel } from './onnx-model.ts';
import { toPlanarRgb } from './resample.ts';

/** One look at a photo. */
interface Pass {
  /** The longer side of the network's input in pixels; smaller photos are looked at as they are. */
  readonly side: number;
  readonly minScore: number;
}

/** Finds faces from 4 % of the photo's longer side up to all of it. */
const COARSE: Pass = { side: 320, minScore: 0.65 };

/**
 * Finds faces down to 2.6 %, and needs more confidence because small boxes are less certain. In
 * photos shorter than its input such faces have too few pixels to be recognised.
 */
const FINE: Pass = { side: 640, minScore: 0.9 };

/** Boxes that overlap more are one face: neighbours in group photos stay below a tenth. */
const MAX_OVERLAP = 0.3;

/** The faces in pixels of the bitmap, best first. */
export async function detectFaces(model: OnnxModel, bitmap: Bitmap): Promise<ScoredBox[]> {
  const passes = Math.max(bitmap.width, bitmap.height) < FINE.side ? [COARSE] : [COARSE, FINE];
  const found: ScoredBox[] = [];
  for (const pass of passes) found.push(...(await look(model, bitmap, pass)));
  return suppressOverlaps(found, MAX_OVERLAP);
}

async function look(model: OnnxModel, bitmap: Bitmap, pass: Pass): Promise<ScoredBox[]> {
  const shrink = Math.max(1, Math.max(bitmap.width, bitmap.height) / pass.side);
  const width = Math.max(1, Math.round(bitmap.width / shrink));
  const height = Math.max(1, Math.round(bitmap.height / shrink));
  const outputs = await model.run(toPlanarRgb(bitmap, width, height), [1, 3, height, width]);
  const logits = outputs('scores');
  const offsets = outputs('locations');
  return decodeBoxes({ width, height }, logits, offsets, pass.minScore).map(({ box, score }) => ({
    box: stretched(box, bitmap.width / width, bitmap.height / height),
    score,
  }));
}

const stretched = ({ x, y, width, height }: Box, byX: number, byY: number): Box => ({
  x: x * byX,
  y: y * byY,
  width: width * byX,
  height: height * byY,
});
