import type { Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';

import { Photo } from '../../src/recognition/photo.ts';
import { CORNERS, cornersOf, enlarged, pictureOf, UPRIGHT } from './pictures.ts';

const ORIENTATIONS = [1, 2, 3, 4, 5, 6, 7, 8] as const;
type Orientation = (typeof ORIENTATIONS)[number];

/** EXIF 2.32, tag 0x0112: which side of the upright photo the first stored row and column are. */
const FIRST_ROW_AND_COLUMN = {
  1: ['top', 'left'],
  2: ['top', 'right'],
  3: ['bottom', 'right'],
  4: ['bottom', 'left'],
  5: ['left', 'top'],
  6: ['right', 'top'],
  7: ['right', 'bottom'],
  8: ['left', 'bottom'],
} as const;

/** The colours of the upright picture, and the four pixels that a camera held so would store. */
const UPRIGHT_COLOURS = {
  left: { top: CORNERS.topLeft, bottom: CORNERS.bottomLeft },
  right: { top: CORNERS.topRight, bottom: CORNERS.bottomRight },
} as const;

const OPPOSITE = { top: 'bottom', bottom: 'top', left: 'right', right: 'left' } as const;

function stored(width: number, height: number, orientation: Orientation): Sharp {
  const [firstRow, firstColumn] = FIRST_ROW_AND_COLUMN[orientation];
  const small = pictureOf(2, 2, (column, row) => {
    const sides = new Set<string>([
      row === 0 ? firstRow : OPPOSITE[firstRow],
      column === 0 ? firstColumn : OPPOSITE[firstColumn],
    ]);
    const half = UPRIGHT_COLOURS[sides.has('left') ? 'left' : 'right'];
    return half[sides.has('top') ? 'top' : 'bottom'];
  });
  const turned = orientation >= 5;
  const size = turned ? ([height, width] as const) : ([width, height] as const);
  return enlarged(small, ...size).withMetadata({ orientation });
}

describe.each(ORIENTATIONS)('a photo of EXIF orientation %i', (orientation) => {
  it.each(['jpeg', 'png', 'webp', 'tiff'] as const)('is set upright as %s', async (format) => {
    const file = await stored(96, 64, orientation).toFormat(format).toBuffer();
    const photo = await Photo.decode(file);
    expect([photo.width, photo.height]).toEqual([96, 64]);
    expect([photo.preview.bitmap.width, photo.preview.bitmap.height]).toEqual([96, 64]);
    expect(cornersOf(photo.preview.bitmap)).toEqual(UPRIGHT);
  });

  it('is set upright when it is large, too', async () => {
    const file = await stored(1800, 1200, orientation).jpeg().toBuffer();
    const photo = await Photo.decode(file);
    expect([photo.width, photo.height]).toEqual([1800, 1200]);
    expect([photo.preview.bitmap.width, photo.preview.bitmap.height]).toEqual([640, 427]);
    expect(cornersOf(photo.preview.bitmap)).toEqual(UPRIGHT);
  });

  it('shows the area that is asked for in upright pixels', async () => {
    const file = await stored(1800, 1200, orientation).jpeg().toBuffer();
    const photo = await Photo.decode(file);
    const aroundTheMiddle = { x: 850, y: 550, width: 100, height: 100 };
    for (const scale of [1, 0.5]) {
      const view = await photo.view(aroundTheMiddle, scale);
      expect(view.area).toEqual(aroundTheMiddle);
      expect([view.bitmap.width, view.bitmap.height]).toEqual([100 * scale, 100 * scale]);
      expect(cornersOf(view.bitmap)).toEqual(UPRIGHT);
    }
    const topRight = await photo.view({ x: 1000, y: 100, width: 400, height: 200 }, 0.25);
    expect([topRight.bitmap.width, topRight.bitmap.height]).toEqual([100, 50]);
    expect(new Set(Object.values(cornersOf(topRight.bitmap)))).toEqual(new Set(['topRight']));
  });
});

it('takes an orientation that EXIF does not define for upright', async () => {
  const file = await stored(96, 64, 1).withMetadata({ orientation: 6 }).jpeg().toBuffer();
  const tag = file.indexOf(Buffer.from([0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0]));
  expect(tag).toBeGreaterThan(0);
  file[tag + 8] = 9;
  expect(cornersOf((await Photo.decode(file)).preview.bitmap)).toEqual(UPRIGHT);
});
