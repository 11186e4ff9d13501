import type { Context } from 'koa';

import { photoTypeOf } from '../photo-check.ts';
import { isFresh } from './etag.ts';

/** Answers with a photo that never changes under its address. */
export function answerPhoto(ctx: Context, bytes: Uint8Array, etag: string): void {
  if (isFresh(ctx, etag)) return;
  ctx.type = photoTypeOf(bytes);
  ctx.body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
