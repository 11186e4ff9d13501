import type { RouterMiddleware } from '@koa/router';

import { type MachineName, statecharts } from '../../machines/machines.ts';
import { mermaidOf } from '../../machines/mermaid.ts';
import type { Statechart } from '../../machines/statechart.ts';
import { layOut } from '../charts/layout.ts';
import { svgOf } from '../charts/svg.ts';

/** GET /v1/machines/:name.mmd: the same in the language of Mermaid. */
export const machineMermaidRoute: RouterMiddleware = (ctx) => {
  const chart = chartOf(ctx.params['name']);
  if (chart === undefined) return;
  ctx.type = 'text/plain; charset=utf-8';
  ctx.body = mermaidOf(chart);
};

/**
 * GET /v1/machines/:name.svg: the statechart of a machine, drawn from its definition. With
 * `?labels=no` the arrows go without their labels, and it needs half of the room.
 */
export function machineSvgRoute(): RouterMiddleware {
  const drawings = new Map<string, Promise<string>>();
  return async (ctx) => {
    const { name = '' } = ctx.params;
    const chart = chartOf(name);
    if (chart === undefined) return;
    const hasLabels = ctx.query['labels'] !== 'no';
    const key = `${name} ${hasLabels}`;
    // The definitions do not change while the server runs.
    const drawing =
      drawings.get(key) ?? layOut(chart, { hasLabels }).then((layout) => svgOf(layout).toString());
    drawings.set(key, drawing);
    ctx.body = await drawing;
    ctx.type = 'image/svg+xml';
    ctx.set('Cache-Control', 'no-cache');
  };
}

const chartOf = (name: string | undefined): Statechart | undefined =>
  Object.hasOwn(statecharts, name ?? '') ? statecharts[name as MachineName] : undefined;
