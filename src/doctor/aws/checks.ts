import type { Site } from '../../provision/site.ts';
import type { Check } from '../check.ts';
import { accountCheck } from './account.ts';
import { bucketsCheck } from './buckets.ts';
import { clockCheck } from './clock.ts';
import { imageCheck } from './image.ts';
import { instancesCheck } from './instances.ts';
import { permissionsCheck } from './permissions.ts';
import { queuesCheck } from './queues.ts';
import { quotaCheck } from './quota.ts';
import { rolesCheck } from './roles.ts';

/** What must be right of a fleet on AWS. */
export const fleetChecks = (site: Site, maxInstances: number): Check[] => [
  accountCheck(site),
  clockCheck(site),
  permissionsCheck(site),
  queuesCheck(site),
  bucketsCheck(site),
  rolesCheck(site),
  imageCheck(site),
  quotaCheck(site, maxInstances),
  instancesCheck(site),
];
