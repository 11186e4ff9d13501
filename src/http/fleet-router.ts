import { Router } from '@koa/router';

import { assetsRoute } from './routes/assets.ts';
import { fleetLogPageRoute, fleetLogRoute, type HistorySource } from './routes/fleet-log.ts';
import { fleetPageRoute } from './routes/fleet-page.ts';
import { laboratoryRoute } from './routes/laboratory.ts';
import { machineMermaidRoute, machineScxmlRoute, machineSvgRoute } from './routes/machines.ts';
import { policiesRoute } from './routes/policies.ts';

/** The fleet page, and what it asks for besides the fleet that runs. */
export function fleetRouter(source: HistorySource | undefined): Router {
  return new Router()
    .get('/fleet', fleetPageRoute())
    .get('/assets/*name', assetsRoute())
    .get('/v1/fleet/log', fleetLogRoute(source))
    .get('/v1/fleet/log/:seq', fleetLogPageRoute(source))
    .get('/v1/machines/:name.svg', machineSvgRoute())
    .get('/v1/machines/:name.mmd', machineMermaidRoute)
    .get('/v1/machines/:name.scxml', machineScxmlRoute)
    .get('/v1/policies', policiesRoute)
    .get('/v1/laboratory', laboratoryRoute());
}
