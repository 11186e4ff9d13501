import type { Context } from 'koa';

import type { Admission } from './admission.ts';
import { clientGone } from './client-gone.ts';
import { HttpError } from './errors.ts';
import type { UploadLimits } from './limits.ts';
import { checkPhoto } from './photo-check.ts';
import { lingering, receivePhotos } from './upload.ts';

/** Takes in the one file of a request. @throws HttpError */
export type ReceiveFile = (
  ctx: Context,
) => Promise<{ readonly bytes: Uint8Array; readonly signal: AbortSignal }>;

export interface ReceiveFileOptions {
  readonly admission: Admission;
  readonly limits: UploadLimits;
  /** Rejects with a FacefleetError while there is no room for so many bytes more. */
  readonly checkRoom: (bytes: number) => Promise<void>;
}

export const receiveFile =
  ({ admission, limits, checkRoom }: ReceiveFileOptions): ReceiveFile =>
  async (ctx) => {
    const place = admission.places.share(ctx.ip);
    const memory = admission.memory.share(ctx.ip);
    // Both are held until the answer: the file stays in memory as long.
    ctx.res.once('close', () => {
      place.release();
      memory.release();
    });
    const bytes = await lingering(ctx.req, async () => {
      place.grow(1);
      await checkRoom(ctx.request.length ?? limits.fileBytes);
      const [first, ...others] = await receivePhotos(ctx, limits, memory);
      if (first === undefined || others.length > 0) {
        throw new HttpError('too_many_files', 'Send one file at a time.');
      }
      await ctx.state.checkAccess?.();
      return first.photo;
    });
    return { bytes, signal: clientGone(ctx) };
  };

/** The same for a photo, which has passed the checks of every upload then. */
export const receivePhoto = (options: ReceiveFileOptions): ReceiveFile => {
  const receive = receiveFile(options);
  return async (ctx) => {
    const received = await receive(ctx);
    checkPhoto(received.bytes, options.limits);
    return received;
  };
};

/** The same for a file as large as a whole request may be. */
export const receiveArchive = (options: ReceiveFileOptions): ReceiveFile =>
  receiveFile({
    ...options,
    limits: { ...options.limits, fileBytes: options.limits.requestBytes },
  });
