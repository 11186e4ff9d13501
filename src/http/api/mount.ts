import type { Router } from '@koa/router';
import type { Context, Middleware } from 'koa';

import type { HttpLog } from '../middleware/request-log.ts';
import type { Operation, Role } from './operation.ts';

export interface MountOptions {
  /** Lets those pass who may act in the role; not needed where operations are everybody's. */
  readonly guard?: (role: Role) => Middleware;
  readonly log: HttpLog;
}

/** Adds operations to a router. Every one that changed something leaves a line in the log. */
export function mount(
  router: Router,
  operations: readonly Operation[],
  { guard = noGuard, log }: MountOptions,
): void {
  for (const operation of operations) {
    const { method, path, role, run } = operation;
    const middleware = role === undefined ? [] : [guard(role)];
    const act = async (ctx: Context): Promise<void> => {
      await run(ctx);
      if (isChange(operation)) audit(ctx, operation, log);
    };
    router.register(path.replaceAll(/\{(\w+)\}/g, ':$1'), [method], [...middleware, act]);
  }
}

function noGuard(role: Role): never {
  throw new Error(`Nothing here tells who has the role ${role}.`);
}

const isChange = ({ method, role }: Operation): boolean => method !== 'get' && role !== 'recognise';

function audit(ctx: Context, { method, path }: Operation, log: HttpLog): void {
  log.info(
    {
      requestId: ctx.state.requestId,
      act: `${method.toUpperCase()} ${path}`,
      on: ctx.path,
      by: ctx.state.caller ?? 'this machine',
      client: ctx.ip,
      status: ctx.status,
    },
    'changed',
  );
}
