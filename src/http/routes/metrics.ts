import type { RouterMiddleware } from '@koa/router';

import type { Metrics } from '../metrics.ts';

/** GET /metrics, for Prometheus. */
export function metricsRoute(metrics: Pick<Metrics, 'text'>): RouterMiddleware {
  return async (ctx) => {
    const { type, body } = await metrics.text();
    ctx.set('Content-Type', type);
    ctx.body = body;
  };
}
