import { z } from 'zod';

import { scalingInputs } from '../../bus/events.ts';
import { policies } from '../../machines/scaling/policies.ts';
import type { ScalingInputs } from '../../machines/scaling/snapshot.ts';
import { operation } from '../api/operation.ts';

const count = z.coerce.number().int().min(0);

/** The inputs of a decision, as a query has them. */
const inputs = z.object(
  Object.fromEntries(scalingInputs.keyof().options.map((name) => [name, count])) as Record<
    keyof ScalingInputs,
    typeof count
  >,
);

const advice = z.object({
  start: z.int().meta({ description: 'instances to start' }),
  stop: z.int().meta({ description: 'instances to stop' }),
  because: z.string().meta({ description: 'the counts that it went by, in words' }),
});

/** GET /v1/policies?visible=14&…: what each policy would advise, given the inputs of a decision. */
export const comparePolicies = operation({
  method: 'get',
  path: '/v1/policies',
  summary: 'what each scaling policy would advise, given the `inputs` of a decision',
  tag: 'laboratory',
  query: inputs,
  answers: {
    200: { description: 'the advice by policy', json: z.record(z.string(), advice) },
  },
  errors: [],
  handle(ctx, { query }) {
    ctx.body = Object.fromEntries(
      Object.entries(policies).map(([name, policy]) => [name, policy(query)]),
    );
  },
});
