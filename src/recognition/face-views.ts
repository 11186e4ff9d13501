import type { Box } from './bitmap.ts';

/** A face is looked at in pixels at least this fine, if the photo has them: an embedder's input. */
const FACE_HEIGHT = 112;

/** What finding the landmarks needs to see around a face, in box heights. */
const SURROUNDINGS = 1.5;

/** The most pixels to decode for several faces at once: 8 MB. */
const MAX_VIEW_PIXELS = 2_000_000;

/** Faces to be seen in one view, the area that shows them all and the scale that suits them all. */
export interface ViewPlan<Face> {
  readonly faces: readonly Face[];
  /** In pixels of the photo; it may reach beyond it. */
  readonly area: Box;
  /** Pixels of the view per pixel of the photo, 1 at most. */
  readonly scale: number;
}

/** Whether a view of that scale shows the box (in pixels of the photo) as finely as it should be. */
export const isFineEnough = (box: Box, scale: number): boolean => scale >= neededScale(box);

/**
 * Which areas of the photo to decode again, and how finely, to see all the faces: from top to
 * bottom, as files are decoded, in as few views as memory allows.
 */
export function planViews<Face extends { readonly box: Box }>(
  faces: readonly Face[],
): ViewPlan<Face>[] {
  const plans: ViewPlan<Face>[] = [];
  for (const face of faces.toSorted((one, other) => one.box.y - other.box.y)) {
    const next = { faces: [face], area: surroundings(face.box), scale: neededScale(face.box) };
    const last = plans.at(-1);
    const both = last && join(last, next);
    if (both && pixelsOf(both) <= MAX_VIEW_PIXELS) plans[plans.length - 1] = both;
    else plans.push(next);
  }
  return plans;
}

const neededScale = (box: Box): number => Math.min(1, FACE_HEIGHT / box.height);

function surroundings({ x, y, width, height }: Box): Box {
  const side = height * SURROUNDINGS;
  return { x: x + (width - side) / 2, y: y + (height - side) / 2, width: side, height: side };
}

function join<Face>(one: ViewPlan<Face>, other: ViewPlan<Face>): ViewPlan<Face> {
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

const pixelsOf = ({ area, scale }: ViewPlan<unknown>): number =>
  area.width * area.height * scale ** 2;
