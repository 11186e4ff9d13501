import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { packageRoot } from '../package-root.ts';
import { controllerName, type FleetNames, workerName } from './site.ts';

export type PolicyName = 'provisioning' | 'web-and-controller' | 'worker';

/** What the files of `deploy/iam/` call a fleet. */
const FLEET = 'facefleet';

/** A policy of `deploy/iam/` for the names of one fleet, as JSON. */
export function policyFor(policy: PolicyName, names: FleetNames): string {
  const file = join(packageRoot, 'deploy', 'iam', `${policy}.json`);
  const named = new Map([
    [`${FLEET}-req-queue`, names.requestQueue],
    [`${FLEET}-resp-queue`, names.responseQueue],
    [`${FLEET}-events-queue`, names.eventsQueue],
    [`${FLEET}-dead-letter-queue`, names.deadLetterQueue],
    [`${FLEET}-in-bucket`, names.inputBucket],
    [`${FLEET}-out-bucket`, names.outputBucket],
    [`${FLEET}-gallery-bucket`, names.galleryBucket],
    [`${FLEET}-worker`, workerName(names)],
    [`${FLEET}-web-and-controller`, controllerName(names)],
  ]);
  const any = new RegExp([...named.keys()].join('|'), 'g');
  return JSON.stringify(
    JSON.parse(readFileSync(file, 'utf8'), (_key, value: unknown) => {
      // The value of a tag.
      if (value === FLEET) return names.fleet;
      if (typeof value !== 'string') return value;
      return value.replaceAll(any, (name) => named.get(name) ?? name);
    }),
  );
}
