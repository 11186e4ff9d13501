import type { Context } from 'koa';
import { z } from 'zod';

import { type MachineName, machines, statecharts } from '../../machines/machines.ts';
import { mermaidOf } from '../../machines/mermaid.ts';
import { scxmlOf } from '../../machines/scxml.ts';
import { operation } from '../api/operation.ts';
import { layOut } from '../charts/layout.ts';
import { svgOf } from '../charts/svg.ts';
import { HttpError } from '../errors.ts';

const params = z.object({
  name: z.string().meta({ description: Object.keys(machines).join(', ') }),
});

const query = z.object({
  labels: z
    .string()
    .optional()
    .meta({ description: '`no` leaves the labels of the arrows away, and needs half of the room' }),
});

/** GET /v1/machines/{name}.svg, .mmd, .scxml: the machines that a fleet is made of. */
export const drawMachines = () => [
  drawing(),
  picture('mmd', 'in the language of Mermaid', 'text/plain', (name) =>
    mermaidOf(statecharts[name]),
  ),
  picture('scxml', 'as W3C SCXML', 'application/scxml+xml', (name) => scxmlOf(machines[name])),
];

/** The statechart of a machine, drawn from its definition. */
function drawing() {
  const drawings = new Map<string, Promise<string>>();
  return operation({
    ...described('svg', 'drawn', 'image/svg+xml'),
    params,
    query,
    async handle(ctx, { params, query }) {
      const name = machineOf(params.name, ctx);
      const hasLabels = query.labels !== 'no';
      const key = `${name} ${hasLabels}`;
      // The definitions do not change while the server runs.
      const drawn =
        drawings.get(key) ??
        layOut(statecharts[name], { hasLabels }).then((layout) => svgOf(layout).toString());
      drawings.set(key, drawn);
      ctx.body = await drawn;
      ctx.type = 'image/svg+xml';
      ctx.set('Cache-Control', 'no-cache');
    },
  });
}

const picture = (
  ending: string,
  how: string,
  type: string,
  textOf: (name: MachineName) => string,
) =>
  operation({
    ...described(ending, how, type),
    params,
    handle(ctx, { params }) {
      ctx.body = textOf(machineOf(params.name, ctx));
      ctx.type = type;
    },
  });

const described = (ending: string, how: string, type: string) => ({
  method: 'get' as const,
  path: `/v1/machines/{name}.${ending}`,
  summary: `a state machine of the fleet, ${how}`,
  tag: 'machines',
  answers: { 200: { description: 'the machine', content: [type] } },
  errors: ['not_found'] as const,
});

/** @throws HttpError */
function machineOf(name: string, ctx: Context): MachineName {
  if (Object.hasOwn(machines, name)) return name as MachineName;
  throw new HttpError('not_found', `There is nothing at ${ctx.path}.`);
}
