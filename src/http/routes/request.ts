import type { RouterMiddleware } from '@koa/router';

import type { RequestRecord } from '../../bus/messages.ts';

export type FindRequest = (id: string) => Promise<RequestRecord | undefined>;

/**
 * GET /v1/requests/:id: what became of one photo, for a client that got no answer in time. `status` is
 * `pending`, `done` with the faces, `failed` with the error, or `unknown`, which is 404.
 */
export function requestRoute(find: FindRequest): RouterMiddleware {
  return async (ctx) => {
    const id = ctx.params['id'] ?? '';
    const record = await find(id);
    ctx.set('Cache-Control', 'no-store');
    if (record === undefined) {
      ctx.status = 404;
      ctx.body = { id, status: 'unknown', error: UNKNOWN };
      return;
    }
    ctx.body = jsonOf(record);
  };
}

const UNKNOWN = {
  code: 'unknown_request',
  message: 'No request of this id waits for an answer or has one. Send the photo again.',
};

function jsonOf(record: RequestRecord): unknown {
  const { id, fileName } = record;
  if ('faces' in record) return { id, fileName, status: 'done', faces: record.faces };
  if ('error' in record) return { id, fileName, status: 'failed', error: record.error };
  return { id, fileName, status: 'pending' };
}
