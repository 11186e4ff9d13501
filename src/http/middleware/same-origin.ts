import type { Context, Middleware } from 'koa';

import { HttpError } from '../errors.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses what a page of another site sends from somebody's browser. Browsers say so by
 * Sec-Fetch-Site, or, where they do not (plain http on a network), by an Origin that is not the
 * Host; programs send neither and pass. The algorithm of Go's net/http CrossOriginProtection.
 */
export const sameOrigin: Middleware = (ctx, next) => {
  if (!SAFE_METHODS.has(ctx.method) && isCrossOrigin(ctx)) {
    throw new HttpError(
      'cross_origin',
      'Photos are not taken from pages of another site. Send them from the page of this server, or from a program.',
    );
  }
  return next();
};

function isCrossOrigin(ctx: Context): boolean {
  const site = ctx.get('Sec-Fetch-Site');
  if (site !== '') return site !== 'same-origin' && site !== 'none';
  const origin = ctx.get('Origin');
  return origin !== '' && hostOf(origin) !== ctx.host;
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
