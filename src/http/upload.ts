import { mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { Context } from 'koa';

import { HttpError } from './errors.ts';
import type { UploadLimits } from './limits.ts';
import { receiveMultipart } from './multipart.ts';
import { fileTooLarge } from './photo-check.ts';
import { NAMELESS, type ReceivedFile } from './received-file.ts';

/**
 * Calls `use` with a fresh folder below `parent` that is gone, with all in it, when `use` has ended
 * in whatever way.
 */
export async function withFolder<T>(
  parent: string,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(parent, 'upload-'));
  try {
    return await use(folder);
  } finally {
    // A file that was being opened when its upload broke off may still appear: hence the retries.
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/**
 * Receives the photos that a request carries: the files of a form, or one as the plain body.
 * @throws HttpError
 */
export async function receivePhotos(
  ctx: Context,
  folder: string,
  limits: UploadLimits,
): Promise<ReceivedFile[]> {
  try {
    const files = await receive(ctx, folder, limits);
    if (files.length === 0) {
      throw new HttpError(
        'no_file',
        `There is no photo in the request. Send one as a file of a form, for example: curl -F photo=@me.jpg ${ctx.origin}`,
      );
    }
    return files;
  } finally {
    // A client can only read the answer once it has sent everything: let the rest run out.
    ctx.req.resume();
  }
}

async function receive(
  ctx: Context,
  folder: string,
  limits: UploadLimits,
): Promise<ReceivedFile[]> {
  if (ctx.is('multipart/form-data')) return receiveMultipart(ctx, folder, limits);
  if (ctx.is('image/*', 'application/octet-stream'))
    return [await receiveBody(ctx, folder, limits)];
  return [];
}

/** A photo as the plain body; its name may stand in the query, `?name=me.jpg`. */
async function receiveBody(
  ctx: Context,
  folder: string,
  limits: UploadLimits,
): Promise<ReceivedFile> {
  const path = join(folder, NAMELESS);
  const file = await open(path, 'wx');
  let bytes = 0;
  try {
    for await (const chunk of ctx.req.iterator({ destroyOnReturn: false })) {
      bytes += (chunk as Buffer).length;
      if (bytes > limits.fileBytes) throw fileTooLarge(limits);
      await file.writeFile(chunk as Buffer);
    }
  } catch (error) {
    if (!ctx.req.destroyed) throw error;
    throw new HttpError('abandoned', 'The client went away while it sent the photo.');
  } finally {
    await file.close();
  }
  const { name } = ctx.query;
  return { fileName: typeof name === 'string' && name !== '' ? name : NAMELESS, path };
}
