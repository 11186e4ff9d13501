import { Router } from '@koa/router';

import { assetsRoute } from './routes/assets.ts';
import { pageRoute } from './routes/page.ts';
import { fleetPage } from './views/fleet-page.ts';

/**
 * The fleet page, and the files of all pages.
 * @param isAlone - whether there are no other pages
 */
export function fleetRouter(isAlone = false): Router {
  return new Router()
    .get('/fleet', pageRoute(fleetPage({ isAlone })))
    .get('/assets/*name', assetsRoute());
}
