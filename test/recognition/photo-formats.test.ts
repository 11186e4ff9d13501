import { Jimp } from 'jimp';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';

import { Photo } from '../../src/recognition/photo.ts';
import { colourAt, cornersOf, quarters, UPRIGHT } from './pictures.ts';

const WIDTH = 96;
const HEIGHT = 64;

const picture = () => quarters(WIDTH, HEIGHT);

/** The same picture in every form that people send photos in. */
const files: readonly (readonly [what: string, make: () => Promise<Uint8Array>])[] = [
  ['a baseline JPEG', () => picture().jpeg().toBuffer()],
  ['a baseline JPEG too large for the fast path', () => quarters(960, 640).jpeg().toBuffer()],
  ['a progressive JPEG', () => picture().jpeg({ progressive: true }).toBuffer()],
  [
    'a JPEG without chroma subsampling',
    () => picture().jpeg({ chromaSubsampling: '4:4:4' }).toBuffer(),
  ],
  ['a CMYK JPEG', () => picture().toColourspace('cmyk').jpeg().toBuffer()],
  ['a JPEG with a colour profile', () => picture().withIccProfile('p3').jpeg().toBuffer()],
  [
    'a JPEG with bytes after its end',
    async () => Buffer.concat([await picture().jpeg().toBuffer(), Buffer.alloc(64)]),
  ],
  ['a PNG', () => picture().png().toBuffer()],
  ['an interlaced PNG', () => picture().png({ progressive: true }).toBuffer()],
  ['a palette PNG', () => picture().png({ palette: true }).toBuffer()],
  ['a 16-bit PNG', () => picture().toColourspace('rgb16').png().toBuffer()],
  ['a lossy WebP', () => picture().webp().toBuffer()],
  ['a lossless WebP', () => picture().webp({ lossless: true }).toBuffer()],
  ['a GIF', () => picture().gif().toBuffer()],
  ['a TIFF', () => picture().tiff({ compression: 'lzw' }).toBuffer()],
  ['a 16-bit TIFF', () => picture().toColourspace('rgb16').tiff().toBuffer()],
  ['a JPEG inside a TIFF', () => picture().tiff({ compression: 'jpeg' }).toBuffer()],
  ['a BMP', bmp],
];

/** sharp writes no BMP; jimp does. */
async function bmp(): Promise<Uint8Array> {
  const png = await picture().png().toBuffer();
  return (await Jimp.fromBuffer(png)).getBuffer('image/bmp');
}

/** Three frames: red, green, blue. */
function frames(): Sharp {
  const colours = ['#cc0000', '#00cc00', '#0000cc'];
  const height = 24;
  return sharp({
    create: {
      width: 32,
      height: height * 3,
      channels: 3,
      background: colours[0] ?? '',
      pageHeight: height,
    },
  }).composite(
    colours.map((background, i) => ({
      input: { create: { width: 32, height, channels: 3, background } },
      left: 0,
      top: i * height,
    })),
  );
}

describe('decoding a photo', () => {
  it.each(files)('reads %s', async (_, make) => {
    const { width, height, preview } = await Photo.decode(await make());
    expect(width / height).toBe(WIDTH / HEIGHT);
    expect(preview.bitmap.data).toHaveLength(preview.bitmap.width * preview.bitmap.height * 4);
    expect(cornersOf(preview.bitmap)).toEqual(UPRIGHT);
  });

  it('reads grey photos as grey', async () => {
    for (const grey of [picture().greyscale().jpeg(), picture().toColourspace('grey16').png()]) {
      const { preview } = await Photo.decode(await grey.toBuffer());
      const [red, green, blue] = colourAt(preview.bitmap, 0.75, 0.75);
      expect(red).toBeGreaterThan(150);
      expect([green, blue]).toEqual([red, red]);
    }
  });

  it('shows transparent pixels on white', async () => {
    const clear = sharp({ create: { width: 8, height: 8, channels: 4, background: '#0000' } });
    for (const file of [clear.clone().png(), clear.clone().webp(), clear.clone().gif()]) {
      const { preview } = await Photo.decode(await file.toBuffer());
      expect(colourAt(preview.bitmap, 0.5, 0.5)).toEqual([255, 255, 255]);
    }
  });

  it('takes the first frame of an animation', async () => {
    for (const format of ['gif', 'webp'] as const) {
      const file = await frames().toFormat(format).toBuffer();
      expect((await sharp(file).metadata()).pages, format).toBe(3);
      const photo = await Photo.decode(file);
      expect([photo.width, photo.height], format).toEqual([32, 24]);
      expect(colourAt(photo.preview.bitmap, 0.5, 0.5), format).toEqual([204, 0, 0]);
    }
  });

  it('takes the first page of a TIFF', async () => {
    const photo = await Photo.decode(await frames().tiff({ compression: 'lzw' }).toBuffer());
    expect([photo.width, photo.height]).toEqual([32, 24]);
    expect(colourAt(photo.preview.bitmap, 0.5, 0.5)).toEqual([204, 0, 0]);
  });

  it('reads a photo of a single pixel', async () => {
    for (const format of ['jpeg', 'png', 'webp', 'gif', 'tiff'] as const) {
      const photo = await Photo.decode(await quarters(1, 1).toFormat(format).toBuffer());
      expect([photo.width, photo.height], format).toEqual([1, 1]);
      expect(photo.preview.bitmap.data, format).toHaveLength(4);
    }
  });

  it('goes by the bytes, whatever view of them it is given', async () => {
    const file = await picture().jpeg().toBuffer();
    const shifted = new Uint8Array(file.length + 3);
    shifted.set(file, 3);
    const { preview } = await Photo.decode(shifted.subarray(3));
    expect(cornersOf(preview.bitmap)).toEqual(UPRIGHT);
  });
});
