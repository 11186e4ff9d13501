import type { Box } from './bitmap.ts';
import type { Photo } from './photo.ts';
import type { View } from './view.ts';

/** A face is looked at in pixels at least this fine, if the photo has them: an embedder's input. */
const FACE_HEIGHT = 112;

/** What finding the landmarks needs to see around a face, in box heights. */
const SURROUNDINGS = 1.5;

/** The most pixels to decode for several faces at once: 16 MB. */
const MAX_VIEW_PIXELS = 4_000_000;

/** Faces to be seen in one view, the area that shows them all and the scale that suits them all. */
interface Group {
  readonly faces: readonly number[];
  readonly area: Box;
  readonly scale: number;
}

/**
 * For each box (in pixels of the photo) a view that shows the face finely enough: the preview where
 * it does, else the photo decoded again around the faces that need it, in as few goes as memory
 * allows.
 */
export async function viewFaces(photo: Photo, boxes: readonly Box[]): Promise<View[]> {
  const views = boxes.map(() => photo.preview);
  const previewScale = photo.preview.bitmap.width / photo.width;
  const tooSmall = boxes
    .map((box, face) => ({ faces: [face], area: surroundings(box), scale: scaleFor(box) }))
    .filter(({ scale }) => scale > previewScale);
  for (const { faces, area, scale } of grouped(tooSmall)) {
    const view = await photo.view(area, scale);
    for (const face of faces) views[face] = view;
  }
  return views;
}

/** View pixels per pixel of the photo that make the face as large as it should be. */
const scaleFor = (box: Box): number => Math.min(1, FACE_HEIGHT / box.height);

/** Joins groups from top to bottom, the order of decoding, as long as their view stays small. */
function grouped(groups: readonly Group[]): Group[] {
  const joined: Group[] = [];
  for (const next of groups.toSorted((one, other) => one.area.y - other.area.y)) {
    const last = joined.at(-1);
    const both = last && join(last, next);
    if (both && both.area.width * both.area.height * both.scale ** 2 <= MAX_VIEW_PIXELS) {
      joined[joined.length - 1] = both;
    } else {
      joined.push(next);
    }
  }
  return joined;
}

function join(one: Group, other: Group): Group {
  const x = Math.min(one.area.x, other.area.x);
  const y = Math.min(one.area.y, other.area.y);
  const right = Math.max(one.area.x + one.area.width, other.area.x + other.area.width);
  const bottom = Math.max(one.area.y + one.area.height, other.area.y + other.area.height);
  return {
    faces: [...one.faces, ...other.faces],
    area: { x, y, width: right - x, height: bottom - y },
    scale: Math.max(one.scale, other.scale),
  };
}

function surroundings({ x, y, width, height }: Box): Box {
  const side = height * SURROUNDINGS;
  return { x: x + (width - side) / 2, y: y + (height - side) / 2, width: side, height: side };
}
