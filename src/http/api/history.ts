import { z } from 'zod';

import { fleetView } from '../../bus/fleet-view.ts';

/** A page of an event log, as `HistoryPage`. */
export const historyPage = z
  .object({
    head: z
      .object({ seq: z.int(), view: fleetView })
      .meta({ description: 'the fleet before the events' }),
    events: z
      .array(z.looseObject({ v: z.int(), seq: z.int(), at: z.number(), type: z.string() }))
      .meta({ description: 'what happened, in order; docs/visualizer.md tells of their types' }),
    problem: z
      .string()
      .optional()
      .meta({ description: 'why the page ends before its end, in words' }),
  })
  .meta({ id: 'HistoryPage' });
