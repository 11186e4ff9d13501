import { Router } from '@koa/router';
import Koa, { type Context, type Middleware } from 'koa';

import type { EventHistory } from '../bus/event-history.ts';
import { createAdmission } from './admission.ts';
import { fleetOperations } from './api/fleet-operations.ts';
import { mount } from './api/mount.ts';
import { peopleOperations } from './api/people-operations.ts';
import { requestOperations } from './api/request-operations.ts';
import { consoleRouter } from './console-router.ts';
import { fleetRouter } from './fleet-router.ts';
import type { FleetSource } from './fleet-source.ts';
import { failures } from './middleware/failures.ts';
import { type AccessControl, createGuard } from './middleware/guard.ts';
import { photoTraces } from './middleware/photo-traces.ts';
import { type HttpLog, requestLog } from './middleware/request-log.ts';
import { requestMetrics } from './middleware/request-metrics.ts';
import { sameOrigin } from './middleware/same-origin.ts';
import { securityHeaders } from './middleware/security-headers.ts';
import type { PeopleSource } from './people-source.ts';
import { receiveArchive, receivePhoto } from './receive-photo.ts';
import { recognisePhotos as recognise, type RecogniseOptions } from './recognise-photos.ts';
import type { RequestSource } from './request-source.ts';
import { followFleet } from './routes/fleet-events.ts';
import { readFleet } from './routes/fleet-now.ts';
import { healthRoute, readinessRoute } from './routes/health.ts';
import { metricsRoute } from './routes/metrics.ts';
import { openApiRoute } from './routes/openapi.ts';
import { pageRoute } from './routes/page.ts';
import { type Purge, purgeOperation } from './routes/purge.ts';
import { recogniseRoute } from './routes/recognise.ts';
import { readChecks } from './routes/settings/checks.ts';
import { readSettings } from './routes/settings/settings.ts';
import type { ServiceFacts } from './service-facts.ts';
import { apiPage } from './views/api-page.ts';

export interface AppOptions extends Omit<RecogniseOptions, 'admission'> {
  /** The people of the gallery. */
  readonly people: PeopleSource;
  /** What became of the photos' requests. */
  readonly requests: RequestSource;
  /** Empties the queues or the buckets. */
  readonly purge: Purge;
  /** Who may do what. */
  readonly access: AccessControl;
  /** Why photos sent now would not be answered; nothing when they would. */
  readonly notReadyReasons: () => Promise<readonly string[]>;
  /** What the service knows of itself. */
  readonly facts: ServiceFacts;
  /** The fleet, when its controller runs in this process. */
  readonly fleet?: FleetSource | undefined;
  /** Aborts when the server stops: streams that would never end do then. */
  readonly stopping?: AbortSignal | undefined;
}

/** Methods that are answered with 405 where they are not taken; all others with 501. */
const KNOWN_METHODS = 'HEAD OPTIONS GET PUT PATCH POST DELETE TRACE QUERY'.split(' ');

/** The web tier over HTTP: photos in, names out, and the pages around it. */
export function createApp(options: AppOptions): Koa {
  const { fleet } = options;
  const history = fleet && { history: fleet.history, now: () => fleet.clock.now() };
  const admission = createAdmission(options.limits);
  const recognisePhotos = recognise({ ...options, admission });
  const guard = createGuard(options.access);
  const router = new Router({ methods: KNOWN_METHODS })
    .post('/', guard('recognise'), recogniseRoute(recognisePhotos))
    .get('/metrics', metricsRoute(options.metrics))
    .get('/healthz', healthRoute)
    .get('/readyz', readinessRoute(options.notReadyReasons));
  router.use(consoleRouter(options.limits).routes());
  router.use(fleetRouter().routes());
  const uploads = { ...options, admission };
  const operations = [
    ...requestOperations({ ...options, recognisePhotos }),
    ...peopleOperations({
      ...options,
      receive: receivePhoto(uploads),
      receiveArchive: receiveArchive(uploads),
    }),
    readFleet(options.fleet),
    followFleet(options.fleet, options.stopping),
    ...fleetOperations(history),
    readSettings(options.facts),
    readChecks(options.facts),
    purgeOperation(options.purge),
  ];
  mount(router, operations, { guard, log: options.log });
  router.get('/openapi.json', openApiRoute(operations)).get('/api', pageRoute(apiPage(operations)));
  return appOf(
    router,
    options.log,
    requestMetrics(options.metrics),
    ...(options.tracer ? [photoTraces(options.tracer)] : []),
  );
}

/** A recorded fleet over HTTP: the fleet page alone. */
export function createReplayApp(history: EventHistory, log: HttpLog): Koa {
  const router = new Router()
    .get('/', (ctx) => ctx.redirect('/fleet'))
    .use(fleetRouter(true).routes());
  mount(router, fleetOperations({ history }), { log });
  return appOf(router, log);
}

/** What every app here does around its routes. */
export function appOf(router: Router, log: HttpLog, ...more: readonly Middleware[]): Koa {
  const app = new Koa();
  // What fails after an answer has begun, usually because the client hung up.
  app.on('error', (error: unknown, ctx?: Context) =>
    log.debug({ err: error, requestId: ctx?.state.requestId }, 'A response broke off'),
  );
  app.use(requestLog(log));
  for (const middleware of more) app.use(middleware);
  app.use(securityHeaders);
  app.use(failures(log));
  app.use(sameOrigin);
  app.use(router.routes());
  app.use(router.allowedMethods());
  return app;
}
