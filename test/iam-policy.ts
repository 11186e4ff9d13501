import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { packageRoot } from '../src/package-root.ts';
import type { RecordedCall } from './aws-recorder.ts';

interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

/** One action on one resource that a policy allows. */
export interface Permission {
  readonly sid: string;
  readonly action: string;
  /** ARN, with `*` for anything. */
  readonly resource: string;
}

/** What `deploy/iam/<name>.json` allows. */
export function permissionsOf(name: string): Permission[] {
  const file = join(packageRoot, 'deploy', 'iam', `${name}.json`);
  const policy = JSON.parse(readFileSync(file, 'utf8')) as { readonly Statement: Statement[] };
  return policy.Statement.flatMap(({ Sid, Action, Resource }) =>
    [Action]
      .flat()
      .flatMap((action) => [Resource].flat().map((resource) => ({ sid: Sid, action, resource }))),
  );
}

/** Whether the permission is for this call. */
export function covers({ action, resource }: Permission, call: RecordedCall): boolean {
  const parts = resource.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return action === call.action && new RegExp(`^${parts.join('.*')}$`).test(arnOf(call));
}

function arnOf({ action, resource }: RecordedCall): string {
  if (resource === '*') return resource;
  const [service = ''] = action.split(':');
  switch (service) {
    case 's3':
      return `arn:aws:s3:::${resource}`;
    case 'iam':
      return `arn:aws:iam::123456789012:${resource}`;
    default:
      return `arn:aws:${service}:eu-west-1:123456789012:${resource}`;
  }
}
