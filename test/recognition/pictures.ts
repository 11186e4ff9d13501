import sharp from 'sharp';
import type { Sharp } from 'sharp';

import type { Bitmap } from '../../src/recognition/bitmap.ts';

export type Colour = readonly [red: number, green: number, blue: number];

/** The corners of the test picture: each tells where it is. */
export const CORNERS = {
  topLeft: [200, 50, 50],
  topRight: [60, 150, 80],
  bottomLeft: [60, 70, 160],
  bottomRight: [230, 220, 40],
} as const satisfies Record<string, Colour>;

export type Corner = keyof typeof CORNERS;

/** A picture of four coloured quarters. */
export function quarters(width: number, height: number): Sharp {
  const small = pictureOf(2, 2, (x, y) => {
    if (y === 0) return x === 0 ? CORNERS.topLeft : CORNERS.topRight;
    return x === 0 ? CORNERS.bottomLeft : CORNERS.bottomRight;
  });
  return enlarged(small, width, height);
}

/** The picture with every pixel made a rectangle. */
export function enlarged(picture: Sharp, width: number, height: number): Sharp {
  return picture.resize(width, height, { kernel: 'nearest', fit: 'fill' });
}

/** A picture with the colour that `colourAt` gives for each pixel. */
export function pictureOf(
  width: number,
  height: number,
  colourAt: (x: number, y: number) => Colour,
): Sharp {
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set(colourAt(x, y), (y * width + x) * 3);
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** A bitmap with the colour that `colourAt` gives for each pixel. */
export function bitmapOf(
  width: number,
  height: number,
  colourAt: (x: number, y: number) => Colour,
): Bitmap {
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set(colourAt(x, y), (y * width + x) * 4);
  }
  return { data, width, height };
}

/** The colour of the pixel that lies at these shares of width and height. */
export function colourAt({ data, width, height }: Bitmap, x: number, y: number): Colour {
  const pixel = (Math.floor(y * height) * width + Math.floor(x * width)) * 4;
  const [red = -1, green = -1, blue = -1] = data.subarray(pixel, pixel + 3);
  return [red, green, blue];
}

/** Which quarter's colour is nearest to the middle of each quarter of the bitmap. */
export function cornersOf(bitmap: Bitmap): Record<Corner, Corner | 'other'> {
  return {
    topLeft: nearestCorner(colourAt(bitmap, 0.25, 0.25)),
    topRight: nearestCorner(colourAt(bitmap, 0.75, 0.25)),
    bottomLeft: nearestCorner(colourAt(bitmap, 0.25, 0.75)),
    bottomRight: nearestCorner(colourAt(bitmap, 0.75, 0.75)),
  };
}

/** How `cornersOf` reads an upright picture. */
export const UPRIGHT = {
  topLeft: 'topLeft',
  topRight: 'topRight',
  bottomLeft: 'bottomLeft',
  bottomRight: 'bottomRight',
} as const;

/** Lossy formats and CMYK change colours a little; a quarter of the range is another colour. */
const TOLERANCE = 60;

function nearestCorner(colour: Colour): Corner | 'other' {
  const distance = (other: Colour): number =>
    Math.max(...colour.map((value, channel) => Math.abs(value - (other[channel] ?? 0))));
  const corners: Corner[] = ['topLeft', 'topRight', 'bottomLeft', 'bottomRight'];
  return corners.find((corner) => distance(CORNERS[corner]) < TOLERANCE) ?? 'other';
}
