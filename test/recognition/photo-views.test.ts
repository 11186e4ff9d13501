import { describe, expect, it } from 'vitest';

import { Photo } from '../../src/recognition/photo.ts';
import { colourAt, CORNERS, cornersOf, quarters, UPRIGHT } from './pictures.ts';

const jpeg = (width: number, height: number): Promise<Buffer> =>
  quarters(width, height).jpeg().toBuffer();

describe('the preview of a photo', () => {
  it('is the photo itself up to 1,280 pixels', async () => {
    const { preview } = await Photo.decode(await jpeg(1280, 960));
    expect([preview.bitmap.width, preview.bitmap.height]).toEqual([1280, 960]);
    expect(preview.area).toEqual({ x: 0, y: 0, width: 1280, height: 960 });
  });

  it('is 640 pixels long for larger ones, and shows all of them', async () => {
    for (const [width, height, expected] of [
      [4000, 3000, [640, 480]],
      [1281, 400, [640, 200]],
      [1000, 3000, [213, 640]],
    ] as const) {
      const photo = await Photo.decode(await jpeg(width, height));
      const { bitmap, area } = photo.preview;
      expect([photo.width, photo.height]).toEqual([width, height]);
      expect([bitmap.width, bitmap.height]).toEqual(expected);
      expect(area).toEqual({ x: 0, y: 0, width, height });
      expect(cornersOf(bitmap)).toEqual(UPRIGHT);
    }
  });

  it('keeps a pixel of the thinnest photos', async () => {
    const { preview } = await Photo.decode(await quarters(9000, 3).png().toBuffer());
    expect([preview.bitmap.width, preview.bitmap.height]).toEqual([640, 1]);
  });
});

describe('a finer view of a photo', () => {
  const WIDTH = 3000;
  const HEIGHT = 2000;

  it.each(['jpeg', 'png', 'webp', 'tiff'] as const)(
    'shows what lies there, in %s',
    async (format) => {
      const photo = await Photo.decode(await quarters(WIDTH, HEIGHT).toFormat(format).toBuffer());
      const view = await photo.view({ x: 1400, y: 950, width: 200, height: 100 }, 0.5);
      expect(view.area).toEqual({ x: 1400, y: 950, width: 200, height: 100 });
      expect([view.bitmap.width, view.bitmap.height]).toEqual([100, 50]);
      expect(cornersOf(view.bitmap)).toEqual(UPRIGHT);
    },
  );

  it('covers broken pixels whole and ends where the photo ends', async () => {
    const photo = await Photo.decode(await jpeg(WIDTH, HEIGHT));
    const inside = await photo.view({ x: 10.6, y: 20.2, width: 30.1, height: 40.9 }, 1);
    expect(inside.area).toEqual({ x: 10, y: 20, width: 31, height: 42 });
    const beyond = await photo.view({ x: -50, y: 1990, width: 100, height: 100 }, 1);
    expect(beyond.area).toEqual({ x: 0, y: 1990, width: 50, height: 10 });
    const outside = await photo.view({ x: 5000, y: 5000, width: 10, height: 10 }, 1);
    expect(outside.area).toEqual({ x: WIDTH - 1, y: HEIGHT - 1, width: 1, height: 1 });
    const [red, green] = colourAt(outside.bitmap, 0, 0);
    expect(Math.abs(red - CORNERS.bottomRight[0])).toBeLessThan(10);
    expect(Math.abs(green - CORNERS.bottomRight[1])).toBeLessThan(10);
  });

  it('is never finer than the photo', async () => {
    const photo = await Photo.decode(await jpeg(WIDTH, HEIGHT));
    const { bitmap } = await photo.view({ x: 0, y: 0, width: 100, height: 100 }, 7);
    expect([bitmap.width, bitmap.height]).toEqual([100, 100]);
  });
});
