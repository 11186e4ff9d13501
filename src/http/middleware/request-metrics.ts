import type { Middleware } from 'koa';

import type { Metrics } from '../metrics.ts';

/** Counts every request when it is answered. */
export function requestMetrics(metrics: Pick<Metrics, 'request'>): Middleware {
  return async (ctx, next) => {
    await next();
    metrics.request(ctx.method, ctx.status);
  };
}
