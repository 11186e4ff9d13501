import type { Bitmap, Box } from './bitmap.ts';

/** Pixels that show an area of a photo. */
export interface View {
  readonly bitmap: Bitmap;
  /** In whole pixels of the upright photo. */
  readonly area: Box;
}

/** A box of the view's bitmap, in pixels of the photo. */
export function boxInPhoto(box: Box, { bitmap, area }: View): Box {
  const byX = area.width / bitmap.width;
  const byY = area.height / bitmap.height;
  return {
    x: area.x + box.x * byX,
    y: area.y + box.y * byY,
    width: box.width * byX,
    height: box.height * byY,
  };
}

/** A box of the photo, in pixels of the view's bitmap. */
export function boxInView(box: Box, { bitmap, area }: View): Box {
  const byX = bitmap.width / area.width;
  const byY = bitmap.height / area.height;
  return {
    x: (box.x - area.x) * byX,
    y: (box.y - area.y) * byY,
    width: box.width * byX,
    height: box.height * byY,
  };
}
