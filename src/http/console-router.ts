import { Router } from '@koa/router';

import type { UploadLimits } from './limits.ts';
import { pageRoute } from './routes/page.ts';
import { peoplePage } from './views/people-page.ts';
import { personPage } from './views/person-page.ts';
import { requestsPage } from './views/requests-page.ts';
import { settingsPage } from './views/settings-page.ts';
import { uploadPage } from './views/upload-page.ts';

/** The pages for whoever runs the service, besides that of the fleet. */
export function consoleRouter(limits: UploadLimits): Router {
  return new Router()
    .get('/', pageRoute(uploadPage(limits)))
    .get('/people', pageRoute(peoplePage()))
    .get('/people/:id', pageRoute(personPage()))
    .get('/requests', pageRoute(requestsPage()))
    .get('/settings', pageRoute(settingsPage()));
}
