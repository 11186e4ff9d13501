import type { RouterMiddleware } from '@koa/router';

import { packageJson } from '../../package-json.ts';
import { openApiOf } from '../api/openapi.ts';
import type { Operation } from '../api/operation.ts';

/** GET /openapi.json: what can be done below `/v1/`, as OpenAPI 3.1. */
export function openApiRoute(operations: readonly Operation[]): RouterMiddleware {
  const body = JSON.stringify(openApiOf(operations, packageJson.version), null, 2);
  return (ctx) => {
    ctx.set('Cache-Control', 'no-cache');
    ctx.type = 'json';
    ctx.body = body;
  };
}
