import { z } from 'zod';

import { liveThrough } from '../../simulation/laboratory.ts';
import { scenario } from '../../simulation/scenario.ts';
import { historyPage } from '../api/history.ts';
import { operation } from '../api/operation.ts';
import { HttpError } from '../errors.ts';

/** A simulation takes a core for a while. */
const AT_A_TIME = 2;

const { $schema: _, ...scenarioSchema } = z.toJSONSchema(scenario);

const query = z.object({
  scenario: z.string().transform(parsed).pipe(scenario).meta({
    description: 'what happens in a simulated fleet, as JSON',
    contentMediaType: 'application/json',
    contentSchema: scenarioSchema,
  }),
});

/**
 * GET /v1/laboratory?scenario={…}: the life of a simulated fleet, as pages of an event log. Nothing
 * real is touched, and the same scenario is always answered with the same life.
 */
export function simulateFleet() {
  let running = 0;
  return operation({
    method: 'get',
    path: '/v1/laboratory',
    summary:
      'the life of a simulated fleet, as pages of an event log; the same for the same scenario',
    tag: 'laboratory',
    query,
    answers: {
      200: { description: 'its life', json: z.object({ pages: z.array(historyPage) }) },
    },
    errors: ['overloaded'],
    async handle(ctx, { query }) {
      if (running >= AT_A_TIME) {
        throw new HttpError('overloaded', 'Other simulations run. Try again in a few seconds.');
      }
      const leaving = new AbortController();
      const leave = (): void => leaving.abort();
      ctx.res.once('close', leave);
      running++;
      try {
        const pages = await liveThrough(query.scenario, leaving.signal);
        ctx.body = { pages };
      } finally {
        running--;
        ctx.res.off('close', leave);
      }
    },
  });
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
