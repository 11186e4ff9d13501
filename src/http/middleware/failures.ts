import type { Middleware } from 'koa';

import { failureOf, HttpError, isOurFault, statusOfCode } from '../errors.ts';
import { respondFailure } from '../respond.ts';
import type { HttpLog } from './request-log.ts';

/** Answers whatever was thrown, and whatever no route answered, by code and sentence. */
export function failures(log: HttpLog): Middleware {
  return async (ctx, next) => {
    const { requestId } = ctx.state;
    try {
      await next();
      if (ctx.body === undefined && ctx.status >= 400) throw unanswered(ctx.status, ctx.path);
    } catch (error) {
      const failure = failureOf(error, requestId);
      const status = statusOfCode(failure.code);
      if (isOurFault(failure)) log.error({ err: error, requestId }, 'A request failed');
      respondFailure(ctx, status, { id: requestId, error: failure });
    }
  };
}

/** The router answers these by their status alone. */
function unanswered(status: number, path: string): HttpError {
  switch (status) {
    case 405:
      return new HttpError('method_not_allowed', `${path} does not take this method.`);
    case 501:
      return new HttpError('not_implemented', 'No page here takes this method.');
    default:
      return new HttpError('not_found', `There is nothing at ${path}. The upload page is at /.`);
  }
}
