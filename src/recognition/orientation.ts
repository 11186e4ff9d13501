import type { Box } from './bitmap.ts';

/** EXIF's orientation: 1 is upright; 2 to 8 say how the stored pixels must be turned or mirrored. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** Whether a tag's value is an orientation that EXIF defines. */
export const isOrientation = (value: number | undefined): value is Orientation =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 8;

/** Whether width and height change places when the photo is set upright. */
export const swapsSides = (orientation: Orientation): boolean => orientation >= 5;

/** Where the upright photo's left edge is stored last, and where its top edge is. */
const MIRRORED_X: ReadonlySet<Orientation> = new Set([2, 3, 6, 7]);
const MIRRORED_Y: ReadonlySet<Orientation> = new Set([3, 4, 7, 8]);

/**
 * The rectangle of stored pixels that shows `box` of the upright photo of `width` × `height`
 * (EXIF 2.32, tag 0x0112).
 */
export function storedBox(
  box: Box,
  orientation: Orientation,
  { width, height }: { readonly width: number; readonly height: number },
): Box {
  const x = MIRRORED_X.has(orientation) ? width - box.x - box.width : box.x;
  const y = MIRRORED_Y.has(orientation) ? height - box.y - box.height : box.y;
  return swapsSides(orientation)
    ? { x: y, y: x, width: box.height, height: box.width }
    : { ...box, x, y };
}
