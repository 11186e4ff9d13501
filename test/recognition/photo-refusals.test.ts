import { Jimp } from 'jimp';
import type { Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';

import { PhotoError } from '../../src/recognition/errors.ts';
import { Photo } from '../../src/recognition/photo.ts';
import { bomb, BOMB_FORMATS } from '../http/photos.ts';
import { pictureOf } from './pictures.ts';

const FORMATS = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'bmp'] as const;
type Format = (typeof FORMATS)[number];

/** A picture whose files are mostly pixels. */
const noise = (): Sharp =>
  pictureOf(120, 80, (x, y) => [(x * y) % 251, (x * 31) % 241, (y * x * x) % 239]);

async function fileOf(format: Format): Promise<Buffer> {
  if (format !== 'bmp') return noise().toFormat(format).toBuffer();
  return (await Jimp.fromBuffer(await noise().png().toBuffer())).getBuffer('image/bmp');
}

/** Why a file is refused, or `accepted`; any other failure than a refusal fails the test. */
async function outcomeOf(bytes: Uint8Array): Promise<string> {
  try {
    await Photo.decode(bytes);
    return 'accepted';
  } catch (error) {
    if (error instanceof PhotoError) return error.code;
    throw error;
  }
}

describe('a file that is no photo', () => {
  it('is refused when it is empty', async () => {
    expect(await outcomeOf(new Uint8Array(0))).toBe('empty_file');
  });

  it.each([
    ['text', 'Dear Sir or Madam, please find attached'],
    ['a single byte', 'x'],
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>'],
    ['a PDF', '%PDF-1.7'],
    ['half a signature', '\xff\xd8'],
  ])('is refused when it is %s, whatever it is called', async (_, content) => {
    expect(await outcomeOf(Buffer.from(content, 'latin1'))).toBe('unsupported_type');
  });

  it('is refused when it only begins like one', async () => {
    for (const start of [
      '\xff\xd8\xff',
      '\x89PNG\r\n\x1a\n',
      'RIFF\0\0\0\0WEBP',
      'GIF89a',
      'II*\0',
      'BM',
    ]) {
      const file = Buffer.concat([Buffer.from(start, 'latin1'), Buffer.from('<svg width="9"/>')]);
      expect(await outcomeOf(file)).toBe('undecodable_image');
    }
  });
});

describe.each(FORMATS)('a damaged %s', (format) => {
  it.each([0.05, 0.5, 0.8])('is refused when only %d of it arrived', async (share) => {
    const file = await fileOf(format);
    expect(await outcomeOf(file.subarray(0, Math.ceil(file.length * share)))).toBe(
      'undecodable_image',
    );
  });

  it('never does worse than being refused', async () => {
    const file = await fileOf(format);
    const outcomes = new Set<string>();
    for (let round = 0; round < 40; round++) {
      const damaged = Uint8Array.from(file);
      for (let i = 0; i < 8; i++) damaged[(round * 8191 + i * 127) % file.length] = round * 37 + i;
      outcomes.add(await outcomeOf(damaged));
    }
    for (const code of ['accepted', 'undecodable_image', 'unsupported_type', 'too_many_pixels']) {
      outcomes.delete(code);
    }
    expect([...outcomes]).toEqual([]);
  });
});

/** A JPEG that holds another one in a segment of its own, as cameras put their thumbnails. */
function withThumbnail(jpeg: Buffer, thumbnail: Buffer): Buffer {
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(thumbnail.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, thumbnail, jpeg.subarray(2)]);
}

async function jpegs(): Promise<Buffer[]> {
  const small = await fileOf('jpeg');
  const large = await noise().resize(900).jpeg().toBuffer();
  return [small, large, withThumbnail(large, small)];
}

describe('a JPEG', () => {
  it.each([0.1, 0.5, 0.9])('is refused when it is zeros from %d of it on', async (share) => {
    for (const file of await jpegs()) {
      expect(await outcomeOf(file)).toBe('accepted');
      const scan = file.lastIndexOf(Buffer.from([0xff, 0xda]));
      file.fill(0, scan + Math.ceil((file.length - scan) * share));
      expect(await outcomeOf(file)).toBe('undecodable_image');
    }
  });

  it('may be followed by anything', async () => {
    for (const file of await jpegs()) {
      for (const trailing of [Buffer.alloc(5000), Buffer.from('SEFH\0trailer of a phone')]) {
        expect(await outcomeOf(Buffer.concat([file, trailing]))).toBe('accepted');
      }
    }
  });
});

describe('a photo of too many pixels', () => {
  it.each(BOMB_FORMATS)('is refused by its header, as %s', async (format) => {
    const file = await bomb(format);
    const before = process.memoryUsage().rss;
    expect(await outcomeOf(file)).toBe('too_many_pixels');
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
  });

  it('says how many pixels are allowed', async () => {
    await expect(Photo.decode(await bomb('png'))).rejects.toThrow(
      'The photo has 16000 × 16000 pixels: send one of at most 50 megapixels.',
    );
  });

  it('is refused when the header tells fewer than there are', async () => {
    const file = await fileOf('png');
    file.writeUInt32BE(10, 16);
    expect(await outcomeOf(file)).toBe('undecodable_image');
  });
});
