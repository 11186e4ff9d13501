import type { Router } from '@koa/router';
import type { Middleware } from 'koa';

import type { Operation, Role } from './operation.ts';

/** Adds operations to a router; `guard` lets those pass who have the role. */
export function mount(
  router: Router,
  operations: readonly Operation[],
  guard: (role: Role) => Middleware,
): Router {
  for (const { method, path, role, run } of operations) {
    const middleware = role === undefined ? [] : [guard(role)];
    router.register(
      path.replaceAll(/\{(\w+)\}/g, ':$1'),
      [method],
      [...middleware, (ctx) => run(ctx)],
    );
  }
  return router;
}
