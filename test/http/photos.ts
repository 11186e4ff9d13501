import sharp from 'sharp';

/** A small photo without any face, in a format that `sharp` writes. */
export async function photo(
  format: 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' = 'jpeg',
): Promise<Uint8Array<ArrayBuffer>> {
  const image = sharp({ create: { width: 12, height: 8, channels: 3, background: '#7a8' } });
  return new Uint8Array(await image.toFormat(format).toBuffer());
}

/** A bitmap of one pixel. */
export function bitmap(): Uint8Array<ArrayBuffer> {
  const bmp = Buffer.alloc(58);
  bmp.write('BM');
  bmp.writeUInt32LE(bmp.length, 2);
  bmp.writeUInt32LE(54, 10);
  bmp.writeUInt32LE(40, 14);
  bmp.writeInt32LE(1, 18);
  bmp.writeInt32LE(1, 22);
  bmp.writeUInt16LE(1, 26);
  bmp.writeUInt16LE(24, 28);
  return new Uint8Array(bmp);
}

/** What stands at the head of a PNG of that size; the pixels are missing. */
export function pngHeader(width: number, height: number): Uint8Array<ArrayBuffer> {
  const png = Buffer.alloc(33);
  png.write('\x89PNG\r\n\x1a\n', 'latin1');
  png.writeUInt32BE(13, 8);
  png.write('IHDR', 12);
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  png.set([8, 2], 24);
  return new Uint8Array(png);
}

/** What writes the size of a photo into its header, by format; in all of them a lie is easy. */
const SIZE_WRITERS = {
  jpeg(file: Buffer, size: number) {
    const frame = file.indexOf(Buffer.from([0xff, 0xc0]));
    file.writeUInt16BE(size, frame + 5);
    file.writeUInt16BE(size, frame + 7);
  },
  png(file: Buffer, size: number) {
    file.writeUInt32BE(size, 16);
    file.writeUInt32BE(size, 20);
  },
  webp(file: Buffer, size: number) {
    file.writeUInt16LE(size, 26);
    file.writeUInt16LE(size, 28);
  },
  gif(file: Buffer, size: number) {
    const frame = file.indexOf(Buffer.from([0x2c, 0, 0, 0, 0]));
    for (const at of [6, frame + 5]) {
      file.writeUInt16LE(size, at);
      file.writeUInt16LE(size, at + 2);
    }
  },
  tiff(file: Buffer, size: number) {
    const directory = file.readUInt32LE(4);
    // Its first two entries are width and height.
    for (const entry of [directory + 2, directory + 14]) file.writeUInt16LE(size, entry + 8);
  },
  bmp(file: Buffer, size: number) {
    file.writeInt32LE(size, 18);
    file.writeInt32LE(size, 22);
  },
};

export const BOMB_FORMATS = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'bmp'] as const;

/** A small file whose header promises 16,000 × 16,000 pixels: a decoder would make room for a gigabyte. */
export async function bomb(
  format: (typeof BOMB_FORMATS)[number],
): Promise<Uint8Array<ArrayBuffer>> {
  const file = Buffer.from(format === 'bmp' ? bitmap() : await photo(format));
  SIZE_WRITERS[format](file, 16_000);
  return new Uint8Array(file);
}
