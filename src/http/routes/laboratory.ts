import type { RouterMiddleware } from '@koa/router';
import { z } from 'zod';

import { liveThrough } from '../../simulation/laboratory.ts';
import { scenario } from '../../simulation/scenario.ts';
import { HttpError } from '../errors.ts';

/** A simulation takes a core for a while. */
const AT_A_TIME = 2;

/**
 * GET /v1/laboratory?scenario={…}: the life of a simulated fleet, as pages of an event log. Nothing
 * real is touched, and the same scenario is always answered with the same life.
 */
export function laboratoryRoute(): RouterMiddleware {
  let running = 0;
  return async (ctx) => {
    const asked = scenario.safeParse(parsed(String(ctx.query['scenario'] ?? '')));
    if (!asked.success) {
      throw new HttpError(
        'malformed_request',
        `This is no scenario: ${z.prettifyError(asked.error).replaceAll('\n', ' ')}`,
      );
    }
    if (running >= AT_A_TIME) {
      throw new HttpError('overloaded', 'Other simulations run. Try again in a few seconds.');
    }
    const leaving = new AbortController();
    const leave = (): void => leaving.abort();
    ctx.res.once('close', leave);
    running++;
    try {
      const pages = await liveThrough(asked.data, leaving.signal);
      ctx.body = { pages };
    } finally {
      running--;
      ctx.res.off('close', leave);
    }
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
