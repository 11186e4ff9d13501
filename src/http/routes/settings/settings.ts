import { z } from 'zod';

import { operation } from '../../api/operation.ts';
import type { ServiceFacts } from '../../service-facts.ts';

const setting = z
  .object({
    flag: z.string(),
    takes: z
      .string()
      .meta({ description: 'what kind of value, or in which unit: `folder`, `seconds`' }),
    env: z.string().meta({ description: 'the environment variable' }),
    value: z
      .union([z.string(), z.number()])
      .nullable()
      .meta({ description: 'null when it is not set; of a secret only that it is' }),
    source: z.enum(['flag', 'environment', 'default']),
    description: z.string(),
  })
  .meta({ id: 'Setting' });

/** GET /v1/settings: as `facefleet config` tells them, of the process that answers. */
export const readSettings = ({ settings }: Pick<ServiceFacts, 'settings'>) =>
  operation({
    method: 'get',
    path: '/v1/settings',
    summary: 'every setting of the service, its value and where that comes from',
    tag: 'service',
    role: 'admin',
    answers: {
      200: { description: 'the settings', json: z.object({ settings: z.array(setting) }) },
    },
    errors: [],
    handle(ctx) {
      ctx.set('Cache-Control', 'no-store');
      ctx.body = { settings };
    },
  });
