import type { RouterMiddleware } from '@koa/router';

/** GET /healthz: the process lives and serves. */
export const healthRoute: RouterMiddleware = (ctx) => {
  ctx.body = { status: 'ok' };
};

/** GET /readyz: whether photos sent now would be answered, and why not. */
export function readinessRoute(
  notReadyReasons: () => Promise<readonly string[]>,
): RouterMiddleware {
  return async (ctx) => {
    const reasons = await notReadyReasons();
    ctx.status = reasons.length === 0 ? 200 : 503;
    ctx.body = { ready: reasons.length === 0, reasons };
  };
}
