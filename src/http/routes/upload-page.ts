import type { RouterMiddleware } from '@koa/router';

import type { UploadLimits } from '../limits.ts';
import { uploadPage } from '../views/upload-page.ts';

/** GET /. */
export function uploadPageRoute(limits: UploadLimits): RouterMiddleware {
  const page = uploadPage(limits).toString();
  return (ctx) => {
    ctx.set('Cache-Control', 'no-cache');
    ctx.type = 'html';
    ctx.body = page;
  };
}
