import { z } from 'zod';

import { columns } from './columns.ts';

/** What GET /v1/fleet answers. */
export const fleetAnswer = z.object({
  demand: z.object({ visible: z.number(), inFlight: z.number() }),
  cap: z.number(),
  instances: z.array(
    z.looseObject({
      id: z.string(),
      state: z.string(),
      busy: z.boolean(),
      /** When it entered that state, in milliseconds since the Unix epoch. */
      since: z.number(),
      /** Photos that its worker has finished. */
      done: z.number(),
      failure: z.object({ count: z.number(), at: z.number(), reason: z.string() }).optional(),
    }),
  ),
  decision: z.looseObject({ at: z.number(), reason: z.string() }).nullable(),
});

export type FleetAnswer = z.infer<typeof fleetAnswer>;

/** The fleet for a terminal, as it is at `now`. */
export function fleetTable({ demand, cap, instances, decision }: FleetAnswer, now: number): string {
  const active = instances.filter(({ state }) => state === 'pending' || state === 'running');
  const rows = instances.map(({ id, state, busy, since, done }) => [
    id,
    state,
    state === 'running' ? (busy ? 'busy' : 'idle') : '',
    age(now - since),
    String(done),
  ]);
  const failures = instances.flatMap(({ id, failure }) =>
    failure
      ? [
          '',
          `${id}: its worker ended by itself ${failure.count === 1 ? 'once' : `${failure.count} times in succession`}, last ${age(now - failure.at)} ago:`,
          failure.reason,
        ]
      : [],
  );
  const lines = [
    `${demand.visible === 1 ? '1 photo waits' : `${demand.visible} photos wait`}, ${demand.inFlight} in hand; ${active.length} of ${cap} instances active`,
    decision ? `${age(now - decision.at)} ago: ${decision.reason}` : 'nothing was decided yet',
    '',
    ...columns([['INSTANCE', 'STATE', 'WORKER', 'SINCE', 'PHOTOS'], ...rows]),
    ...failures,
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** A time span in its largest unit: `42 s`, `7 min`, `3 h`, `2 d`. */
function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
