import type { RouterMiddleware } from '@koa/router';
import type { Context } from 'koa';

import { ec2State } from '../../bus/fleet-view.ts';
import { HttpError } from '../errors.ts';
import { EventStream } from '../event-stream.ts';
import type { FleetSource } from '../fleet-source.ts';

/** GET /v1/fleet: what there is to do, who does it, and what was decided last. */
export function answerFleet(fleet: FleetSource | undefined) {
  return async (ctx: Context): Promise<void> => {
    const { recent, cap, depth } = present(fleet);
    const { visible, inFlight } = await depth();
    const { instances, decision } = recent.view;
    ctx.set('Cache-Control', 'no-store');
    ctx.body = {
      demand: { visible, inFlight },
      cap,
      instances: instances.map(({ id, state, since, done, failure }) => ({
        id,
        state: ec2State(state),
        busy: state === 'running.busy',
        since,
        done,
        failure,
      })),
      decision,
    };
  };
}

/**
 * GET /v1/fleet/events: server-sent events. Each event of the fleet is a message whose id is its
 * number; a client that comes back with Last-Event-ID, or `?after=`, gets what it missed. One that is new, was away
 * for too long, or reads too slowly gets a message of type `snapshot` with the whole fleet instead.
 */
export function fleetEventsRoute(
  fleet: FleetSource | undefined,
  stopping?: AbortSignal,
): RouterMiddleware {
  return (ctx) => {
    const { recent } = present(fleet);
    ctx.type = 'text/event-stream';
    ctx.set('Cache-Control', 'no-store');
    // The first time, a browser can say it by the query alone.
    const lastEventId = ctx.get('Last-Event-ID') || String(ctx.query['after'] ?? '');
    ctx.body = new EventStream({ recent, lastEventId, stopping });
  };
}

function present(fleet: FleetSource | undefined): FleetSource {
  if (fleet !== undefined) return fleet;
  throw new HttpError(
    'not_found',
    'No controller runs in this process, so it cannot tell of the fleet. Ask a server that was started by facefleet up.',
  );
}
