import type { Box } from '../recognition/bitmap.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

interface Boxed {
  readonly box: Box;
}

/** A face with this many times the area of every other one is plainly what the photo is of. */
const CLEARLY_LARGER = 2;

/** One that holds the centre of the photo alone need only be this much larger. */
const LARGER = 1.15;

/**
 * The face that a photo is of, if that is plain: a portrait may have passers-by in it, but of two
 * friends side by side nobody can say which one is meant. `faces` comes largest first.
 */
export function subjectOf<Face extends Boxed>(
  photo: Size,
  faces: readonly Face[],
): Face | undefined {
  const [largest, second] = faces;
  if (largest === undefined || second === undefined) return largest;
  const ratio = areaOf(largest) / areaOf(second);
  const holdsCentre = faces.filter((face) => isOnCentre(photo, face));
  const isAloneAtCentre = holdsCentre.length === 1 && holdsCentre[0] === largest;
  return ratio >= (isAloneAtCentre ? LARGER : CLEARLY_LARGER) ? largest : undefined;
}

const areaOf = ({ box }: Boxed): number => box.width * box.height;

const isOnCentre = ({ width, height }: Size, { box }: Boxed): boolean =>
  box.x <= width / 2 &&
  width / 2 <= box.x + box.width &&
  box.y <= height / 2 &&
  height / 2 <= box.y + box.height;
