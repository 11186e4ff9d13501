import type { Resource } from '../../provision/resource.ts';
import type { FleetNames } from '../../provision/site.ts';
import { failed, type Finding } from '../check.ts';

/** What mends a fleet that lacks something. */
export const provisionCommand = ({ fleet }: FleetNames): string =>
  `facefleet provision --name ${fleet} --image-id AMI`;

/**
 * Says which of a fleet's parts are not there; `undefined` when all are.
 * @throws NotOfThisFleetError
 */
export async function missingOf(
  names: FleetNames,
  resources: readonly Resource[],
): Promise<Finding | undefined> {
  const missing: string[] = [];
  for (const resource of resources) {
    if (!(await resource.exists())) missing.push(resource.title);
  }
  return missing.length === 0
    ? undefined
    : failed(`There is no ${missing.join(', no ')}.`, `Make it: ${provisionCommand(names)}`);
}
