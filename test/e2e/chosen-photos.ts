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

/** Drops or pastes files on the page; only a script can make such an event. */
export async function give(
  page: Page,
  event: 'dragover' | 'drop' | 'paste',
  files: readonly ChosenFile[],
): Promise<void> {
  const contents = files.map(({ name, buffer }) => [name, buffer.toString('base64')]);
  await page.evaluate(`{
    const transfer = new DataTransfer();
    for (const [name, content] of ${JSON.stringify(contents)}) {
      const bytes = Uint8Array.from(atob(content), (char) => char.charCodeAt(0));
      transfer.items.add(new File([bytes], name, { type: 'image/jpeg' }));
    }
    document.body.dispatchEvent(${
      event === 'paste'
        ? `new ClipboardEvent('paste', { bubbles: true, clipboardData: transfer })`
        : `new DragEvent('${event}', { bubbles: true, cancelable: true, dataTransfer: transfer })`
    });
  }`);
}
