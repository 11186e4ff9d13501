import type { Context, Middleware } from 'koa';

import type { TraceContext, Tracer } from '../../bus/tracing.ts';

declare module 'koa' {
  interface DefaultState {
    /** The span of this request, when it brings photos that are traced. */
    trace?: TraceContext;
  }
}

/** Begins the trace of every upload, or continues that of the client. */
export function photoTraces(tracer: Tracer): Middleware {
  return async (ctx, next) => {
    if (!isUpload(ctx)) {
      await next();
      return;
    }
    const span = tracer.start(`POST ${ctx.path}`, {
      parent: parentOf(ctx),
      kind: 'server',
      attributes: {
        'http.request.method': 'POST',
        'http.route': ctx.path,
        'facefleet.request_id': ctx.state.requestId,
      },
    });
    ctx.state.trace = span.context;
    await next();
    const attributes = { 'http.response.status_code': ctx.status };
    span.end({ attributes, ...(ctx.status >= 500 && { error: ctx.status }) });
  };
}

/** Where photos are sent to be recognised. */
const UPLOADS = new Set(['/', '/v1/recognitions']);

const isUpload = ({ method, path }: Context): boolean => method === 'POST' && UPLOADS.has(path);

function parentOf(ctx: Context): TraceContext | undefined {
  const traceparent = ctx.get('traceparent');
  if (traceparent === '') return undefined;
  return { traceparent, tracestate: ctx.get('tracestate') };
}
