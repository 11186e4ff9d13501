import { createHash } from 'node:crypto';

import type { Context } from 'koa';

/** An ETag that changes with what JSON says of the value. */
export const etagOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22);

/** Sets the ETag of an answer; 304 (without the body that follows) when the client has it already. */
export function isFresh(ctx: Context, etag: string): boolean {
  ctx.set('Cache-Control', 'private, no-cache');
  ctx.status = 200;
  ctx.etag = etag;
  if (!ctx.fresh) return false;
  ctx.status = 304;
  return true;
}

/** The ETag that the change of a resource is bound to; undefined when it is bound to none. */
export function ifMatchOf(ctx: Context): string | undefined {
  const header = ctx.get('If-Match').trim();
  if (header === '' || header === '*') return undefined;
  return header.replace(/^W\//, '').replaceAll('"', '');
}
