import { Router } from '@koa/router';

import { assetsRoute } from './routes/assets.ts';
import { fleetLogPageRoute, fleetLogRoute, type HistorySource } from './routes/fleet-log.ts';
import { laboratoryRoute } from './routes/laboratory.ts';
import { machineMermaidRoute, machineScxmlRoute, machineSvgRoute } from './routes/machines.ts';
import { pageRoute } from './routes/page.ts';
import { policiesRoute } from './routes/policies.ts';
import { fleetPage } from './views/fleet-page.ts';

/**
 * The fleet page, and what it asks for besides the fleet that runs.
 * @param isAlone - whether there are no other pages
 */
export function fleetRouter(source: HistorySource | undefined, isAlone = false): Router {
  return new Router()
    .get('/fleet', pageRoute(fleetPage({ isAlone })))
    .get('/assets/*name', assetsRoute())
    .get('/v1/fleet/log', fleetLogRoute(source))
    .get('/v1/fleet/log/:seq', fleetLogPageRoute(source))
    .get('/v1/machines/:name.svg', machineSvgRoute())
    .get('/v1/machines/:name.mmd', machineMermaidRoute)
    .get('/v1/machines/:name.scxml', machineScxmlRoute)
    .get('/v1/policies', policiesRoute)
    .get('/v1/laboratory', laboratoryRoute());
}
