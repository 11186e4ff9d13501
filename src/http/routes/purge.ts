import { z } from 'zod';

import type { Purgeable } from '../../machines/web-tier.ts';
import { operation } from '../api/operation.ts';

const what = z.enum(['queues', 'buckets']);

export type Purge = (what: Purgeable) => Promise<void>;

/** POST /v1/admin/purge `{"what":"queues"|"buckets"}`: empties them for good. */
export const purgeOperation = (purge: Purge) =>
  operation({
    method: 'post',
    path: '/v1/admin/purge',
    summary: 'empties the queues, or the buckets of photos and results, for good',
    tag: 'service',
    role: 'admin',
    body: z.strictObject({ what }),
    answers: { 200: { description: 'they are empty', json: z.object({ purged: what }) } },
    errors: [],
    async handle(ctx, { body }) {
      await purge(body.what);
      ctx.body = { purged: body.what };
    },
  });
