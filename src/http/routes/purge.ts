import type { RouterMiddleware } from '@koa/router';
import { koaBody } from 'koa-body';
import { z } from 'zod';

import { HttpError } from '../errors.ts';
import type { HttpLog } from '../middleware/request-log.ts';

const order = z.strictObject({ what: z.enum(['queues', 'buckets']) });

export type Purge = (what: z.infer<typeof order>['what']) => Promise<void>;

const readBody = koaBody({ jsonLimit: '1kb', text: false, urlencoded: false });

/** POST /v1/admin/purge `{"what":"queues"|"buckets"}`: empties them for good. */
export function purgeRoute(purge: Purge, log: HttpLog): RouterMiddleware {
  return async (ctx) => {
    const body = await readBody(ctx, () => Promise.resolve()).then(
      () => order.safeParse(ctx.request.body),
      () => undefined,
    );
    if (!body?.success) {
      throw new HttpError(
        'malformed_request',
        'Say what to purge as JSON: {"what":"queues"} or {"what":"buckets"}.',
      );
    }
    const { what } = body.data;
    await purge(what);
    log.warn({ requestId: ctx.state.requestId, what }, 'purged');
    ctx.body = { purged: what };
  };
}
