import { z } from 'zod';

import { ec2State } from '../../bus/fleet-view.ts';
import { operation } from '../api/operation.ts';
import { type FleetSource, present } from '../fleet-source.ts';

const fleetNow = z
  .object({
    demand: z.object({ visible: z.int(), inFlight: z.int() }),
    cap: z.int().meta({ description: 'instances that may be active at most' }),
    instances: z.array(
      z.looseObject({
        id: z.string(),
        state: z.string().meta({ description: 'as EC2 names it' }),
        busy: z.boolean(),
        since: z
          .number()
          .meta({ description: 'when it came into that state, in ms since the Unix epoch' }),
        done: z.int().meta({ description: 'photos that its worker has finished' }),
      }),
    ),
    decision: z
      .looseObject({ at: z.number(), policy: z.string(), reason: z.string() })
      .nullable()
      .meta({ description: 'the last one of the controller' }),
  })
  .meta({ id: 'Fleet' });

/** GET /v1/fleet. */
export const readFleet = (fleet: FleetSource | undefined) =>
  operation({
    method: 'get',
    path: '/v1/fleet',
    summary: 'what there is to do, who does it, and what was decided last',
    tag: 'fleet',
    answers: { 200: { description: 'the fleet now', json: fleetNow } },
    errors: ['not_found'],
    async handle(ctx) {
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
    },
  });
