import { Jimp } from 'jimp';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';

import { Photo } from '../../src/recognition/photo.ts';

const WIDTH = 96;
const HEIGHT = 64;

const patch = (background: string) => ({
  create: { width: 32, height: 32, channels: 3 as const, background },
});

/** Red on the upper left, blue on the lower right, white elsewhere: shows every turn and flip. */
const MARKED = await sharp({
  create: { width: WIDTH, height: HEIGHT, channels: 3, background: '#fff' },
})
  .composite([
    { input: patch('#f00'), left: 0, top: 0 },
    { input: patch('#00f'), left: WIDTH - 32, top: HEIGHT - 32 },
  ])
  .png()
  .toBuffer();

const marked = (): Sharp => sharp(MARKED);

type Colour = 'red' | 'green' | 'blue' | 'white' | 'grey';

function colourAt({ preview: { bitmap } }: Photo, x: number, y: number): Colour {
  const offset = (y * bitmap.width + x) * (bitmap.data.length / (bitmap.width * bitmap.height));
  const [r = 0, g = 0, b = 0] = bitmap.data.subarray(offset, offset + 3);
  const others = { red: Math.max(g, b), green: Math.max(r, b), blue: Math.max(r, g) };
  if (r > others.red + 60) return 'red';
  if (g > others.green + 60) return 'green';
  if (b > others.blue + 60) return 'blue';
  return r > 200 ? 'white' : 'grey';
}

const corners = (photo: Photo): readonly Colour[] => [
  colourAt(photo, 8, 8),
  colourAt(photo, photo.width - 8, 8),
  colourAt(photo, 8, photo.height - 8),
  colourAt(photo, photo.width - 8, photo.height - 8),
];

const UPRIGHT = ['red', 'white', 'white', 'blue'];

async function bmp(): Promise<Buffer> {
  return (await Jimp.read(await marked().png().toBuffer())).getBuffer('image/bmp');
}

async function animatedGif(): Promise<Buffer> {
  const second = await sharp({
    create: { width: WIDTH, height: HEIGHT, channels: 3, background: '#0f0' },
  })
    .png()
    .toBuffer();
  return sharp([await marked().png().toBuffer(), second], { join: { animated: true } })
    .gif()
    .toBuffer();
}

describe('a photo is read whatever its type', () => {
  const cases: readonly [type: string, make: () => Promise<Buffer>][] = [
    ['JPEG', () => marked().jpeg({ quality: 95 }).toBuffer()],
    ['progressive JPEG', () => marked().jpeg({ progressive: true, quality: 95 }).toBuffer()],
    ['CMYK JPEG', () => marked().toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer()],
    ['PNG', () => marked().png().toBuffer()],
    ['PNG of 16 bits', () => marked().toColourspace('rgb16').png().toBuffer()],
    ['PNG with a palette', () => marked().png({ palette: true }).toBuffer()],
    ['WebP', () => marked().webp({ lossless: true }).toBuffer()],
    ['GIF', () => marked().gif().toBuffer()],
    ['animated GIF (the first frame)', animatedGif],
    ['TIFF', () => marked().tiff().toBuffer()],
    ['BMP', bmp],
  ];
  it.each(cases)('%s', async (_, make) => {
    const photo = await Photo.decode(await make());
    expect([photo.width, photo.height]).toEqual([WIDTH, HEIGHT]);
    expect(corners(photo)).toEqual(UPRIGHT);
  });

  it('grey JPEG', async () => {
    const photo = await Photo.decode(await marked().greyscale().jpeg().toBuffer());
    expect(corners(photo)).toEqual(['grey', 'white', 'white', 'grey']);
  });

  it('transparent PNG, on white', async () => {
    const transparent = { r: 0, g: 0, b: 0, alpha: 0 };
    const png = sharp({ create: { width: 40, height: 40, channels: 4, background: transparent } });
    expect(corners(await Photo.decode(await png.png().toBuffer()))[0]).toBe('white');
  });

  it('one pixel', async () => {
    const { width, height } = await Photo.decode(await marked().resize(1, 1).png().toBuffer());
    expect([width, height]).toEqual([1, 1]);
  });
});

describe('a photo is turned upright', () => {
  /** What each EXIF orientation asks a viewer to do with the stored pixels, told by the corners. */
  const cases: readonly [orientation: number, corners: readonly Colour[]][] = [
    [1, ['red', 'white', 'white', 'blue']],
    [2, ['white', 'red', 'blue', 'white']],
    [3, ['blue', 'white', 'white', 'red']],
    [4, ['white', 'blue', 'red', 'white']],
    [5, ['red', 'white', 'white', 'blue']],
    [6, ['white', 'red', 'blue', 'white']],
    [7, ['blue', 'white', 'white', 'red']],
    [8, ['white', 'blue', 'red', 'white']],
  ];
  it.each(cases)('by EXIF orientation %i', async (orientation, expected) => {
    for (const type of ['jpeg', 'webp', 'tiff'] as const) {
      const photo = await Photo.decode(
        await marked().withMetadata({ orientation }).toFormat(type, { quality: 95 }).toBuffer(),
      );
      expect([photo.width, photo.height]).toEqual(
        orientation < 5 ? [WIDTH, HEIGHT] : [HEIGHT, WIDTH],
      );
      expect(corners(photo)).toEqual(expected);
    }
  });

  it('and so are its finer views', async () => {
    const large = await marked().resize(1920, 1280, { kernel: 'nearest' }).png().toBuffer();
    const turned = await sharp(large).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const photo = await Photo.decode(turned);
    expect([photo.width, photo.height]).toEqual([1280, 1920]);
    const { bitmap } = await photo.view({ x: 1000, y: 50, width: 200, height: 200 }, 1);
    const [r = 0, g = 0, b = 0] = bitmap.data;
    expect([bitmap.width, bitmap.height, r > 180, g < 80, b < 80]).toEqual([
      200,
      200,
      true,
      true,
      true,
    ]);
  });
});

describe('what is no photo is refused with its reason', () => {
  const cases: readonly [what: string, code: string, make: () => Promise<Uint8Array>][] = [
    ['an empty file', 'empty_file', async () => Buffer.alloc(0)],
    ['a text', 'unsupported_type', async () => Buffer.from('Dear Ada, here is my photo.')],
    [
      'a truncated JPEG',
      'undecodable_image',
      async () => (await marked().jpeg().toBuffer()).subarray(0, -200),
    ],
    [
      'a JPEG of which only the head came',
      'undecodable_image',
      async () => (await marked().jpeg().toBuffer()).subarray(0, 30),
    ],
    [
      'a truncated PNG',
      'undecodable_image',
      async () => (await marked().png().toBuffer()).subarray(0, 120),
    ],
    [
      'a BMP of which only the head came',
      'undecodable_image',
      async () => (await bmp()).subarray(0, 40),
    ],
    ['a PNG that claims 20,000 × 20,000 pixels', 'too_many_pixels', () => claiming(20_000, 20_000)],
    [
      'a BMP that claims more memory than there is',
      'too_many_pixels',
      async () => hugeBmp(await bmp()),
    ],
  ];
  it.each(cases)('%s: %s', async (_, code, make) => {
    await expect(Photo.decode(await make())).rejects.toMatchObject({ name: 'PhotoError', code });
  });
});

/** A small PNG whose header is overwritten with another size. */
async function claiming(width: number, height: number): Promise<Buffer> {
  const png = await marked().png().toBuffer();
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  return png;
}

function hugeBmp(file: Buffer): Buffer {
  file.writeInt32LE(2 ** 30, 18);
  return file;
}
