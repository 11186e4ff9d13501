import { Router } from '@koa/router';
import type Koa from 'koa';

import type { ServiceUnavailableError } from '../bus/errors.ts';
import { appOf } from './app.ts';
import { defaultLimits } from './limits.ts';
import type { HttpLog } from './middleware/request-log.ts';
import { assetsRoute } from './routes/assets.ts';
import { healthRoute, readinessRoute } from './routes/health.ts';
import { pageRoute } from './routes/page.ts';
import { lingering } from './upload.ts';
import { uploadPage } from './views/upload-page.ts';

/**
 * The web tier over HTTP before it has its queues and buckets: it lives, says why it is not ready, and
 * takes nothing.
 */
export function createWaitingApp(reason: () => ServiceUnavailableError, log: HttpLog): Koa {
  const router = new Router()
    .get('/', pageRoute(uploadPage(defaultLimits)))
    .get('/assets/*name', assetsRoute())
    .get('/healthz', healthRoute)
    .get(
      '/readyz',
      readinessRoute(async () => [String(reason())]),
    )
    .all(/.*/, (ctx) => lingering(ctx.req, () => Promise.reject(reason())));
  return appOf(router, log);
}
