import type { Page } from 'playwright-core';
import sharp from 'sharp';

import { face } from '../http/serve.ts';

export interface ChosenFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

export const PHOTO_WIDTH = 160;
export const PHOTO_HEIGHT = 120;

/** A photo of coloured noise; noise does not compress, so its size is known. */
export async function noise(
  name: string,
  width = PHOTO_WIDTH,
  height = PHOTO_HEIGHT,
): Promise<ChosenFile> {
  const image = sharp({
    create: {
      width,
      height,
      channels: 3,
      background: '#888',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  });
  return { name, mimeType: 'image/jpeg', buffer: await image.jpeg().toBuffer() };
}

export const BOX = { x: 16, y: 24, width: 40, height: 48 };
export const boxed = (name: string, similarity: number | null = 0.71) => ({
  ...face(name, similarity),
  box: BOX,
});

export const choose = (page: Page, ...files: ChosenFile[]): Promise<void> =>
  page.getByLabel('Choose photos').setInputFiles(files);
