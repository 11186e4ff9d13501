import type { RouterMiddleware } from '@koa/router';

import { type MachineName, machines, statecharts } from '../../machines/machines.ts';
import { mermaidOf } from '../../machines/mermaid.ts';
import { scxmlOf } from '../../machines/scxml.ts';
import { layOut } from '../charts/layout.ts';
import { svgOf } from '../charts/svg.ts';

/** GET /v1/machines/:name.mmd: the statechart of a machine in the language of Mermaid. */
export const machineMermaidRoute: RouterMiddleware = (ctx) => {
  const { name } = ctx.params;
  if (!isMachine(name)) return;
  ctx.type = 'text/plain; charset=utf-8';
  ctx.body = mermaidOf(statecharts[name]);
};

/** GET /v1/machines/:name.scxml: a machine as W3C SCXML. */
export const machineScxmlRoute: RouterMiddleware = (ctx) => {
  const { name } = ctx.params;
  if (!isMachine(name)) return;
  ctx.type = 'application/scxml+xml';
  ctx.body = scxmlOf(machines[name]);
};

/**
 * GET /v1/machines/:name.svg: the statechart of a machine, drawn from its definition. With
 * `?labels=no` the arrows go without their labels, and it needs half of the room.
 */
export function machineSvgRoute(): RouterMiddleware {
  const drawings = new Map<string, Promise<string>>();
  return async (ctx) => {
    const { name } = ctx.params;
    if (!isMachine(name)) return;
    const hasLabels = ctx.query['labels'] !== 'no';
    const key = `${name} ${hasLabels}`;
    // The definitions do not change while the server runs.
    const drawing =
      drawings.get(key) ??
      layOut(statecharts[name], { hasLabels }).then((layout) => svgOf(layout).toString());
    drawings.set(key, drawing);
    ctx.body = await drawing;
    ctx.type = 'image/svg+xml';
    ctx.set('Cache-Control', 'no-cache');
  };
}

const isMachine = (name: string | undefined): name is MachineName =>
  Object.hasOwn(machines, name ?? '');
