import { createJimp } from '@jimp/core';
import bmp from '@jimp/js-bmp';
import type { Bitmap, Format } from '@jimp/types';
import sharp from 'sharp';
import type { Sharp } from 'sharp';

import type { Box } from './bitmap.ts';
import { hasEnd } from './jpeg-end.ts';
import { undecodable } from './photo-header.ts';
import type { PhotoHeader } from './photo-header.ts';
import type { PhotoType } from './photo-type.ts';
import { MAX_PIXELS } from './pixel-limit.ts';
import { decodeSmallJpeg, endsAsJpeg } from './small-jpeg.ts';

/** Which part of a photo to decode, and how large. */
export interface Excerpt {
  readonly header: PhotoHeader;
  /** Stored pixels (whole ones), before any turning; the whole photo when left out. */
  readonly area?: Box;
  /** Pixels of the upright result; as many as are stored when left out. */
  readonly size?: { readonly width: number; readonly height: number };
}

type PhotoFormat = Format<string, undefined, Excerpt | undefined>;

/** Above as many pixels libvips is faster than WebAssembly. */
const SMALL_PIXELS = 250_000;

// One photo is one thread's work: a worker process per core makes better use of two cores than
// threads that wait for each other. The cache would only keep photos that never come again.
sharp.concurrency(1);
sharp.cache(false);

/** What libvips reads, jimp reads through libvips; the Windows bitmap is jimp's own. */
const formats: Record<PhotoType, PhotoFormat> = {
  jpeg: { ...native('jpeg'), decode: decodeJpeg },
  png: native('png'),
  webp: native('webp'),
  gif: native('gif'),
  tiff: native('tiff'),
  bmp: { ...bmp(), decode: decodeBmp },
};

const Jimp = createJimp({ formats: Object.values(formats).map((format) => () => format) });
export type JimpImage = InstanceType<typeof Jimp>;

/**
 * The pixels of a photo as a jimp image, upright. Does what `Jimp.fromBuffer` does but for its EXIF
 * step, which would turn a JPEG that libvips has turned already. Leaving the turning to it would
 * cost 7 ms more for 640 × 480 pixels, and leave out every type but JPEG.
 * @throws whatever the decoder throws for a damaged file
 */
export async function decodePixels(bytes: Uint8Array, excerpt: Excerpt): Promise<JimpImage> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return new Jimp(await formats[excerpt.header.type].decode(buffer, excerpt));
}

function native(type: Exclude<PhotoType, 'bmp'>): PhotoFormat {
  return {
    mime: `image/${type}`,
    decode: (bytes, excerpt) =>
      render(sharp(bytes, { failOn: 'truncated', limitInputPixels: MAX_PIXELS }), excerpt),
    encode: (bitmap) => raw(bitmap).toFormat(type).toBuffer(),
  };
}

async function decodeJpeg(bytes: Buffer, excerpt?: Excerpt): Promise<Bitmap> {
  if (!hasEnd(bytes)) throw undecodable('jpeg');
  return excerpt && isSmall(excerpt) && endsAsJpeg(bytes)
    ? decodeSmallJpeg(bytes)
    : native('jpeg').decode(bytes, excerpt);
}

/** Whether the excerpt is a whole small photo that every decoder reads alike. */
const isSmall = ({ header, area, size }: Excerpt): boolean =>
  header.isPlainJpeg &&
  header.width * header.height <= SMALL_PIXELS &&
  area === undefined &&
  size === undefined;

async function decodeBmp(bytes: Buffer, excerpt?: Excerpt): Promise<Bitmap> {
  const whole = bmp().decode(bytes);
  return excerpt?.area || excerpt?.size ? render(raw(whole), excerpt) : whole;
}

const raw = ({ data, width, height }: Bitmap): Sharp =>
  sharp(data, { raw: { width, height, channels: 4 } });

/** Runs a libvips pipeline: the excerpt, upright, transparent pixels on white as viewers show them. */
async function render(image: Sharp, { area, size }: Partial<Excerpt> = {}): Promise<Bitmap> {
  let pipeline = image;
  if (area) {
    const { x: left, y: top, width, height } = area;
    pipeline = pipeline.extract({ left, top, width, height });
  }
  if (size) pipeline = pipeline.resize({ ...size, fit: 'fill', kernel: 'linear' });
  const { data, info } = await pipeline
    .autoOrient()
    .flatten({ background: '#fff' })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}
