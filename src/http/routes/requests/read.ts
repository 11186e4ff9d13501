import { z } from 'zod';

import { operation } from '../../api/operation.ts';
import { failure, jsonOfRequest, request, requestParams } from '../../api/request.ts';
import type { RequestSource } from '../../request-source.ts';

const UNKNOWN = {
  code: 'unknown_request',
  message: 'No request of this id waits for an answer or has one. Send the photo again.',
};

const unknown = z.object({ id: z.string(), status: z.literal('unknown'), error: failure });

/**
 * GET /v1/requests/{id}: what became of one photo, for a client that got no answer in time. Its id is
 * all that it takes to ask.
 */
export const readRequest = (requests: Pick<RequestSource, 'find'>) =>
  operation({
    method: 'get',
    path: '/v1/requests/{id}',
    summary: 'what became of one photo',
    tag: 'requests',
    params: requestParams,
    answers: {
      200: { description: 'the request', json: request },
      404: { description: 'no request of that id is known', json: unknown },
    },
    errors: [],
    async handle(ctx, { params: { id } }) {
      const known = await requests.find(id);
      ctx.set('Cache-Control', 'no-store');
      if (known === undefined) {
        ctx.status = 404;
        ctx.body = { id, status: 'unknown', error: UNKNOWN };
        return;
      }
      ctx.body = jsonOfRequest(known);
    },
  });
