import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { RouterMiddleware } from '@koa/router';

import { packageRoot } from '../../package-root.ts';
import { openApiOf } from '../api/openapi.ts';
import type { Operation } from '../api/operation.ts';

/** GET /openapi.json: what can be done below `/v1/`, as OpenAPI 3.1. */
export function openApiRoute(operations: readonly Operation[]): RouterMiddleware {
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
    version: string;
  };
  const body = JSON.stringify(openApiOf(operations, version), null, 2);
  return (ctx) => {
    ctx.set('Cache-Control', 'no-cache');
    ctx.type = 'json';
    ctx.body = body;
  };
}
