import { z } from 'zod';

import type { EventHistory } from '../../bus/event-history.ts';
import { historyPage } from '../api/history.ts';
import { operation } from '../api/operation.ts';
import { HttpError } from '../errors.ts';
import { present } from '../fleet-source.ts';

/** The fleet's past, and what time it is now where it goes on. */
export interface HistorySource {
  readonly history: EventHistory;
  /** Milliseconds since the Unix epoch; absent where nothing goes on any more. */
  readonly now?: () => number;
}

const contents = z
  .object({
    now: z.number().nullable().meta({
      description:
        'the time of the server, in ms since the Unix epoch; null where the fleet does not go on',
    }),
    pages: z.array(
      z.object({
        seq: z.int().meta({ description: 'number of the last event before the page' }),
        at: z.number().meta({ description: 'when that was, in ms since the Unix epoch' }),
        messages: z.int().meta({ description: 'that waited or were in hand then' }),
        active: z.int().meta({ description: 'instances that were pending or running then' }),
      }),
    ),
    problems: z.array(z.string()).meta({ description: 'what of the log cannot be read' }),
  })
  .meta({ id: 'FleetLog' });

/** GET /v1/fleet/log: what the event log has, in pages of up to a thousand events. */
export const readFleetLog = (source: HistorySource | undefined) =>
  operation({
    method: 'get',
    path: '/v1/fleet/log',
    summary: 'the pages of the event log, oldest first, and the time of the server',
    tag: 'fleet',
    answers: { 200: { description: 'what there is to read', json: contents } },
    errors: ['not_found'],
    handle(ctx) {
      const { history, now } = present(source);
      ctx.set('Cache-Control', 'no-store');
      ctx.body = { now: now?.() ?? null, ...history.contents() };
    },
  });

/** GET /v1/fleet/log/{seq}: the page that begins after an event, with the fleet before it. */
export const readFleetLogPage = (source: HistorySource | undefined) =>
  operation({
    method: 'get',
    path: '/v1/fleet/log/{seq}',
    summary: 'one page of the event log: the fleet after event `seq`, and up to a thousand events',
    tag: 'fleet',
    params: z.object({ seq: z.string().meta({ description: 'the `seq` of one of the pages' }) }),
    answers: { 200: { description: 'the page', json: historyPage } },
    errors: ['not_found'],
    handle(ctx, { params: { seq } }) {
      const page = present(source).history.page(Number(seq));
      if (!page) {
        throw new HttpError(
          'not_found',
          `No page of the event log begins after event ${seq}. GET /v1/fleet/log tells which there are.`,
        );
      }
      ctx.set('Cache-Control', 'no-store');
      ctx.body = page;
    },
  });
