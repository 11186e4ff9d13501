import type { Bitmap, Box } from './bitmap.ts';
import { PhotoError } from './errors.ts';
import { decodePixels } from './formats.ts';
import type { Excerpt } from './formats.ts';
import { storedBox, swapsSides } from './orientation.ts';
import { readPhotoHeader, undecodable } from './photo-header.ts';
import type { PhotoHeader } from './photo-header.ts';
import type { View } from './view.ts';

/** Photos up to this long are decoded whole: cheap, and their faces need no second look. */
const WHOLE_SIDE = 1280;

/** How long larger photos are made for detection: the detector's finest pass. */
const PREVIEW_SIDE = 640;

/** A decoded photo: what detection needs at once, and finer pixels on demand. */
export class Photo {
  /** Of the upright photo, in its own pixels. */
  readonly width: number;
  readonly height: number;
  /** The whole photo, no finer than detection needs. */
  readonly preview: View;
  readonly #bytes: Uint8Array;
  readonly #header: PhotoHeader;

  private constructor(bytes: Uint8Array, header: PhotoHeader, preview: Bitmap) {
    const { width, height } = uprightSize(header);
    this.width = width;
    this.height = height;
    this.preview = { bitmap: preview, area: { x: 0, y: 0, width, height } };
    this.#bytes = bytes;
    this.#header = header;
  }

  /**
   * Decodes a JPEG, PNG, WebP, GIF (first frame), TIFF (first page) or BMP, whatever its name, and
   * keeps the bytes for finer views. Memory is bounded by the header's pixel count, checked first.
   * @throws PhotoError
   */
  static async decode(bytes: Uint8Array): Promise<Photo> {
    const header = await readPhotoHeader(bytes);
    const { width, height } = uprightSize(header);
    const longSide = Math.max(width, height);
    const excerpt: Excerpt =
      longSide <= WHOLE_SIDE
        ? { header }
        : { header, size: scaled({ width, height }, PREVIEW_SIDE / longSide) };
    return new Photo(bytes, header, await decodeOrRefuse(bytes, excerpt));
  }

  /**
   * Decodes an area again, at `scale` result pixels per pixel of the photo (1 at most).
   * @throws PhotoError
   */
  async view(area: Box, scale: number): Promise<View> {
    const whole = this.#within(area);
    const bitmap = await decodeOrRefuse(this.#bytes, {
      header: this.#header,
      area: storedBox(whole, this.#header.orientation, this),
      ...(scale < 1 && { size: scaled(whole, scale) }),
    });
    return { bitmap, area: whole };
  }

  /** The area in whole pixels, cut to the photo; at least one pixel. */
  #within({ x, y, width, height }: Box): Box {
    const left = clamp(Math.floor(x), 0, this.width - 1);
    const top = clamp(Math.floor(y), 0, this.height - 1);
    return {
      x: left,
      y: top,
      width: clamp(Math.ceil(x + width), left + 1, this.width) - left,
      height: clamp(Math.ceil(y + height), top + 1, this.height) - top,
    };
  }
}

async function decodeOrRefuse(bytes: Uint8Array, excerpt: Excerpt): Promise<Bitmap> {
  try {
    const { bitmap } = await decodePixels(bytes, excerpt);
    return bitmap;
  } catch (error) {
    throw error instanceof PhotoError ? error : undecodable(excerpt.header.type, error);
  }
}

const uprightSize = ({ width, height, orientation }: PhotoHeader) =>
  swapsSides(orientation) ? { width: height, height: width } : { width, height };

const scaled = ({ width, height }: { width: number; height: number }, scale: number) => ({
  width: Math.max(1, Math.round(width * scale)),
  height: Math.max(1, Math.round(height * scale)),
});

const clamp = (value: number, low: number, high: number): number =>
  Math.min(Math.max(value, low), high);
