import { z } from 'zod';

import { operation } from '../../api/operation.ts';
import type { ServiceFacts } from '../../service-facts.ts';

const finding = z
  .object({
    check: z.string().meta({ description: 'what was looked at' }),
    status: z.enum(['ok', 'warning', 'failed']),
    message: z.string(),
    mend: z.string().optional().meta({ description: 'what to do about it' }),
  })
  .meta({ id: 'Finding' });

/** GET /v1/checks: what `facefleet doctor` looks at on this machine, and the queues and buckets. */
export const readChecks = ({ check }: Pick<ServiceFacts, 'check'>) =>
  operation({
    method: 'get',
    path: '/v1/checks',
    summary: 'whether the machine, the queues and the buckets are as they should be',
    tag: 'service',
    role: 'admin',
    answers: {
      200: { description: 'what was found', json: z.object({ checks: z.array(finding) }) },
    },
    errors: [],
    async handle(ctx) {
      ctx.set('Cache-Control', 'no-store');
      ctx.body = { checks: await check() };
    },
  });
