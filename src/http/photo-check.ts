import { BMP } from 'image-size/types/bmp';
import { GIF } from 'image-size/types/gif';
import { JPG } from 'image-size/types/jpg';
import { PNG } from 'image-size/types/png';
import { TIFF } from 'image-size/types/tiff';
import { WEBP } from 'image-size/types/webp';

import { HttpError } from './errors.ts';
import { megapixels, type UploadLimits } from './limits.ts';

type Format = typeof JPG;

const FORMATS: readonly (readonly [Format, string])[] = [
  [JPG, 'image/jpeg'],
  [PNG, 'image/png'],
  [WEBP, 'image/webp'],
  [GIF, 'image/gif'],
  [BMP, 'image/bmp'],
  [TIFF, 'image/tiff'],
];

/** The media types of photos. */
export const PHOTO_TYPES = FORMATS.map(([, type]) => type);

/** The media type of a photo that was checked once. */
export const photoTypeOf = (photo: Uint8Array): string =>
  FORMATS.find(([format]) => matches(format, photo))?.[1] ?? 'application/octet-stream';

/**
 * How far into a file its size is looked for. A JPEG's stands behind its metadata; only a TIFF may
 * carry its directory at the very end.
 */
const HEADER_BYTES = 256 * 1024;

/**
 * Refuses what is certainly no photo, or one too large, by the file's own header and never by its
 * name. A header that cannot be read passes: the worker decodes it within the same limits, and its
 * word is the last.
 * @throws HttpError
 */
export function checkPhoto(photo: Uint8Array, limits: UploadLimits): void {
  if (photo.length === 0) {
    throw new HttpError('empty_file', 'The file is empty. Choose the photo again.');
  }

  const [format] = FORMATS.find(([candidate]) => matches(candidate, photo)) ?? [];
  if (format === undefined) {
    throw new HttpError(
      'unsupported_type',
      'This is not a photo that can be read. Send a JPEG, PNG, WebP, GIF, BMP or TIFF file.',
    );
  }
  const size = sizeOf(format, photo);
  if (size !== undefined && size.width * size.height > limits.pixels) {
    const { width, height } = size;
    throw new HttpError(
      'too_many_pixels',
      `The photo has ${width} × ${height} pixels, ${megapixels(width * height)}; ${megapixels(limits.pixels)} are the limit. Scale it down.`,
    );
  }
}

function matches(format: Format, photo: Uint8Array): boolean {
  try {
    return format.validate(photo);
  } catch {
    return false;
  }
}

function sizeOf(format: Format, photo: Uint8Array): { width: number; height: number } | undefined {
  try {
    return format.calculate(format === TIFF ? photo : photo.subarray(0, HEADER_BYTES));
  } catch {
    return undefined;
  }
}
