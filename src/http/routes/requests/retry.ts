import { z } from 'zod';

import { operation } from '../../api/operation.ts';
import { requestParams } from '../../api/request.ts';
import type { RequestSource } from '../../request-source.ts';
import { photoGone } from './photo.ts';

export interface RetryOptions {
  readonly requests: Pick<RequestSource, 'retry'>;
  /** Rejects with a FacefleetError while there is no room for so many bytes more. */
  readonly checkRoom: (bytes: number) => Promise<void>;
}

/** POST /v1/requests/{id}/retry. */
export const retryRequest = ({ requests, checkRoom }: RetryOptions) =>
  operation({
    method: 'post',
    path: '/v1/requests/{id}/retry',
    summary: 'sends the stored photo of a request to be recognised again',
    tag: 'requests',
    role: 'people',
    params: requestParams,
    answers: {
      202: {
        description: 'the photo is queued again; `GET /v1/requests/{id}` tells what becomes of it',
        json: z.object({ id: z.string().meta({ description: 'of the new request' }) }),
      },
    },
    errors: ['photo_gone', 'queue_full', 'storage_full'],
    async handle(ctx, { params }) {
      const { requestId: id } = ctx.state;
      await checkRoom(0);
      if (!(await requests.retry(params.id, id))) throw photoGone();
      ctx.status = 202;
      ctx.set('Location', `/v1/requests/${id}`);
      ctx.body = { id };
    },
  });
