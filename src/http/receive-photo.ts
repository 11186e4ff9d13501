import type { Context } from 'koa';

import type { Admission } from './admission.ts';
import { clientGone } from './client-gone.ts';
import { HttpError } from './errors.ts';
import type { UploadLimits } from './limits.ts';
import { checkPhoto } from './photo-check.ts';
import { lingering, receivePhotos } from './upload.ts';

/** Takes in the one photo of a request, which has passed the checks of every upload. @throws HttpError */
export type ReceivePhoto = (
  ctx: Context,
) => Promise<{ readonly photo: Uint8Array; readonly signal: AbortSignal }>;

export interface ReceivePhotoOptions {
  readonly admission: Admission;
  readonly limits: UploadLimits;
  /** Rejects with a FacefleetError while there is no room for so many bytes more. */
  readonly checkRoom: (bytes: number) => Promise<void>;
}

export const receivePhoto =
  ({ admission, limits, checkRoom }: ReceivePhotoOptions): ReceivePhoto =>
  async (ctx) => {
    const place = admission.places.share(ctx.ip);
    const memory = admission.memory.share(ctx.ip);
    // Both are held until the answer: the photo stays in memory as long.
    ctx.res.once('close', () => {
      place.release();
      memory.release();
    });
    const photo = await lingering(ctx.req, async () => {
      place.grow(1);
      await checkRoom(ctx.request.length ?? limits.fileBytes);
      const [first, ...others] = await receivePhotos(ctx, limits, memory);
      if (first === undefined || others.length > 0) {
        throw new HttpError('too_many_files', 'Send one photo at a time.');
      }
      await ctx.state.checkAccess?.();
      checkPhoto(first.photo, limits);
      return first.photo;
    });
    return { photo, signal: clientGone(ctx) };
  };
