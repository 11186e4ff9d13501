import type { RouterMiddleware } from '@koa/router';

import { fleetPage } from '../views/fleet-page.ts';

/** GET /fleet. */
export function fleetPageRoute(): RouterMiddleware {
  const page = fleetPage().toString();
  return (ctx) => {
    ctx.set('Cache-Control', 'no-cache');
    ctx.type = 'html';
    ctx.body = page;
  };
}
