import type { Bitmap, Box } from './bitmap.ts';
import { decodeBoxes } from './box-decoding.ts';
import { suppressOverlaps } from './nms.ts';
import type { ScoredBox } from './nms.ts';
import type { OnnxModel } from './onnx-model.ts';
import { toPlanarRgb } from './resample.ts';

/** One look at a photo. */
interface Pass {
  /** The input's longer side in pixels; smaller photos are looked at as they are. */
  readonly side: number;
  readonly minScore: number;
}

const COARSE: Pass = { side: 320, minScore: 0.65 };
const FINE: Pass = { side: 640, minScore: 0.9 };

const MAX_OVERLAP = 0.4;

/** The faces in pixels of the bitmap, best first. */
export async function detectFaces(model: OnnxModel, bitmap: Bitmap): Promise<ScoredBox[]> {
  const coarse = await look(model, bitmap, COARSE);
  const fine = await look(model, bitmap, FINE);
  return suppressOverlaps([...coarse, ...fine], MAX_OVERLAP);
}

export async function look(model: OnnxModel, bitmap: Bitmap, pass: Pass): Promise<ScoredBox[]> {
  const shrink = Math.max(1, Math.max(bitmap.width, bitmap.height) / pass.side);
  const width = Math.max(1, Math.round(bitmap.width / shrink));
  const height = Math.max(1, Math.round(bitmap.height / shrink));
  const outputs = await model.run(toPlanarRgb(bitmap, width, height), [1, 3, height, width]);
  const logits = outputs('scores');
  const offsets = outputs('locations');
  const boxes = decodeBoxes({ width, height }, logits, offsets, pass.minScore);
  return suppressOverlaps(boxes, MAX_OVERLAP).map(({ box, score }) => ({
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
