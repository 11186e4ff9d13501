import type { RouterMiddleware } from '@koa/router';

import type { EventHistory } from '../../bus/event-history.ts';
import { HttpError } from '../errors.ts';

/** The fleet's past, and what time it is now where it goes on. */
export interface HistorySource {
  readonly history: EventHistory;
  /** Milliseconds since the Unix epoch; absent where nothing goes on any more. */
  readonly now?: () => number;
}

/** GET /v1/fleet/log: what the event log has, in pages of up to a thousand events. */
export function fleetLogRoute(source: HistorySource | undefined): RouterMiddleware {
  return (ctx) => {
    const { history, now } = present(source);
    ctx.set('Cache-Control', 'no-store');
    ctx.body = { now: now?.() ?? null, ...history.contents() };
  };
}

/** GET /v1/fleet/log/:seq: the page that begins after an event, with the fleet before it. */
export function fleetLogPageRoute(source: HistorySource | undefined): RouterMiddleware {
  return (ctx) => {
    const page = present(source).history.page(Number(ctx.params['seq']));
    if (!page) {
      throw new HttpError(
        'not_found',
        `No page of the event log begins after event ${ctx.params['seq']}. GET /v1/fleet/log tells which there are.`,
      );
    }
    ctx.set('Cache-Control', 'no-store');
    ctx.body = page;
  };
}

function present(source: HistorySource | undefined): HistorySource {
  if (source !== undefined) return source;
  throw new HttpError(
    'not_found',
    'No controller runs in this process, so it has no event log. Ask a server that was started by facefleet up.',
  );
}
