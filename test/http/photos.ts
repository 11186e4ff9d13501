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
