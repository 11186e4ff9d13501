import { randomUUID } from 'node:crypto';

import type { Middleware } from 'koa';
import type { Logger } from 'pino';

declare module 'koa' {
  interface DefaultState {
    /** Names this request in the response, in the log, and in the request queue. */
    requestId: string;
  }
}

/** What the web tier says in its log. */
export type HttpLog = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

/** Gives every request its id and writes one line about it when it is answered. */
export function requestLog(log: HttpLog): Middleware {
  return async (ctx, next) => {
    const startedAt = performance.now();
    ctx.state.requestId = randomUUID();
    ctx.set('X-Request-Id', ctx.state.requestId);
    await next();
    log[isProbe(ctx.path) ? 'debug' : 'info'](
      {
        requestId: ctx.state.requestId,
        method: ctx.method,
        path: ctx.path,
        status: ctx.status,
        ms: Math.round(performance.now() - startedAt),
        client: ctx.ip,
      },
      'request',
    );
  };
}

/** Load balancers, orchestrators and Prometheus ask every few seconds. */
const isProbe = (path: string): boolean => PROBES.has(path);

const PROBES = new Set(['/healthz', '/readyz', '/metrics']);
