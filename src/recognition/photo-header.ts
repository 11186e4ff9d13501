import sharp from 'sharp';

import { PhotoError } from './errors.ts';
import { isOrientation } from './orientation.ts';
import type { Orientation } from './orientation.ts';
import { type PhotoType, sniffType } from './photo-type.ts';
import { MAX_PIXELS } from './pixel-limit.ts';
import { plainJpegSize } from './plain-jpeg.ts';

/** What a photo's header says. It is a claim: decoding may still find it wrong. */
export interface PhotoHeader {
  readonly type: PhotoType;
  /** Of the pixels as they are stored, before any turning. */
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  /** Whether it is a JPEG that every decoder reads alike. */
  readonly isPlainJpeg: boolean;
}

/**
 * Reads a photo's type, size and orientation from its bytes, without decoding a pixel.
 * @throws PhotoError `empty_file`, `unsupported_type`, `undecodable_image` or `too_many_pixels`
 */
export async function readPhotoHeader(bytes: Uint8Array): Promise<PhotoHeader> {
  if (bytes.length === 0) throw new PhotoError('empty_file', 'The file is empty: choose a photo.');
  const type = sniffType(bytes);
  if (type === undefined) {
    throw new PhotoError(
      'unsupported_type',
      'The file is not a photo of a known type: send JPEG, PNG, WebP, GIF, BMP or TIFF.',
    );
  }
  const header = await readHeader(bytes, type);
  if (header.width * header.height > MAX_PIXELS) {
    throw new PhotoError(
      'too_many_pixels',
      `The photo has ${header.width} × ${header.height} pixels: send one of at most ` +
        `${MAX_PIXELS / 1e6} megapixels.`,
    );
  }
  return header;
}

/** For a photo whose type is known and whose content is not what the type asks for. */
export const undecodable = (type: PhotoType, cause?: unknown): PhotoError =>
  new PhotoError(
    'undecodable_image',
    `The ${type.toUpperCase()} file is damaged or incomplete: save the photo again and send it anew.`,
    { cause },
  );

async function readHeader(bytes: Uint8Array, type: PhotoType): Promise<PhotoHeader> {
  if (type === 'bmp') return readBmpHeader(bytes);
  const plainSize = type === 'jpeg' ? plainJpegSize(bytes) : undefined;
  if (plainSize) return { type, ...plainSize, orientation: 1, isPlainJpeg: true };
  return readHeaderByLibvips(bytes, type);
}

async function readHeaderByLibvips(bytes: Uint8Array, type: PhotoType): Promise<PhotoHeader> {
  const { format, width, height, orientation } = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch((error: unknown) => {
      throw undecodable(type, error);
    });
  if (format !== type) throw undecodable(type);
  return {
    type,
    width,
    height,
    orientation: isOrientation(orientation) ? orientation : 1,
    isPlainJpeg: false,
  };
}

/** A Windows bitmap's own header; libvips does not read this type. */
function readBmpHeader(bytes: Uint8Array): PhotoHeader {
  if (bytes.length < 26) throw undecodable('bmp');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = view.getInt32(18, true);
  const height = Math.abs(view.getInt32(22, true));
  if (width <= 0 || height === 0) throw undecodable('bmp');
  return { type: 'bmp', width, height, orientation: 1, isPlainJpeg: false };
}
