import type { RouterMiddleware } from '@koa/router';
import { z } from 'zod';

import { scalingInputs } from '../../bus/events.ts';
import { policies } from '../../machines/scaling/policies.ts';
import type { ScalingInputs } from '../../machines/scaling/snapshot.ts';
import { HttpError } from '../errors.ts';

const count = z.coerce.number().int().min(0);

/** The inputs of a decision, as a query has them. */
const inputs = z.object(
  Object.fromEntries(scalingInputs.keyof().options.map((name) => [name, count])) as Record<
    keyof ScalingInputs,
    typeof count
  >,
);

/** GET /v1/policies?visible=14&…: what each policy would advise, given the inputs of a decision. */
export const policiesRoute: RouterMiddleware = (ctx) => {
  const asked = inputs.safeParse(ctx.query);
  if (!asked.success) {
    throw new HttpError(
      'malformed_request',
      `A policy needs ${Object.keys(inputs.shape).join(', ')} as counts, as a decision has them in its inputs.`,
    );
  }
  ctx.body = Object.fromEntries(
    Object.entries(policies).map(([name, policy]) => [name, policy(asked.data)]),
  );
};
