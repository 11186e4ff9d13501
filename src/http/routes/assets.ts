import type { RouterMiddleware } from '@koa/router';

import { loadAssets } from '../assets.ts';

/** GET /assets/*name. Browsers keep the files and ask whether they are still the same. */
export function assetsRoute(): RouterMiddleware {
  const assets = loadAssets();
  return (ctx) => {
    const asset = assets.get(ctx.params['name'] ?? '');
    if (asset === undefined) return;
    ctx.status = 200;
    ctx.set('Cache-Control', 'no-cache');
    ctx.etag = asset.etag;
    if (ctx.fresh) {
      ctx.status = 304;
      return;
    }
    ctx.type = asset.type;
    ctx.body = asset.body;
  };
}
