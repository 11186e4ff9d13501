import sharp from 'sharp';

import type { Box } from './bitmap.ts';
import type { Photo } from './photo.ts';
import { sharpnessOf } from './sharpness.ts';
import { boxInView } from './view.ts';

/** A face by itself, cut out of its photo. */
export interface FacePortrait {
  /** Of 160 pixels a side, less where the photo has no more. */
  readonly jpeg: Uint8Array;
  /** What `sharpnessOf` says. */
  readonly sharpness: number;
}

/** How long the picture is at most, in pixels: sharp at 80 on a screen of two pixels a point. */
const SIDE = 160;

/** How much of the photo around the face belongs to it, in sides of the face. */
const SURROUNDINGS = 1.6;

/** Cuts a face out of its photo, upright. @throws PhotoError */
export async function portraitOf(photo: Photo, box: Box): Promise<FacePortrait> {
  const side = Math.max(box.width, box.height) * SURROUNDINGS;
  const area = {
    x: box.x + (box.width - side) / 2,
    y: box.y + (box.height - side) / 2,
    width: side,
    height: side,
  };
  const view = await photo.view(area, Math.min(1, SIDE / side));
  const { data, width, height } = view.bitmap;
  const raw = { width, height, channels: 4 } as const;
  return {
    jpeg: await sharp(data, { raw }).jpeg({ quality: 85 }).toBuffer(),
    sharpness: sharpnessOf(view.bitmap, boxInView(box, view)),
  };
}
