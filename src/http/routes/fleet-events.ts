import { z } from 'zod';

import { operation } from '../api/operation.ts';
import { EventStream } from '../event-stream.ts';
import { type FleetSource, present } from '../fleet-source.ts';

const query = z.object({
  after: z.string().optional().meta({
    description: 'the same as `Last-Event-ID`, which a browser cannot send the first time',
  }),
});

/**
 * GET /v1/fleet/events: server-sent events. Each event of the fleet is a message whose id is its
 * number; a client that comes back with Last-Event-ID, or `?after=`, gets what it missed. One that is new, was away
 * for too long, or reads too slowly gets a message of type `snapshot` with the whole fleet instead.
 */
export const followFleet = (fleet: FleetSource | undefined, stopping?: AbortSignal) =>
  operation({
    method: 'get',
    path: '/v1/fleet/events',
    summary: 'the whole fleet, then every event of it as it happens: server-sent events',
    tag: 'fleet',
    headers: { 'Last-Event-ID': 'number of the last event that the client was told' },
    query,
    answers: {
      200: {
        description: 'a stream that ends when the client goes or the server stops',
        content: ['text/event-stream'],
      },
    },
    errors: ['not_found'],
    handle(ctx, { query }) {
      const { recent } = present(fleet);
      ctx.type = 'text/event-stream';
      ctx.set('Cache-Control', 'no-store');
      const lastEventId = ctx.get('Last-Event-ID') || (query.after ?? '');
      ctx.body = new EventStream({ recent, lastEventId, stopping });
    },
  });
