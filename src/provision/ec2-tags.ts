import type { ResourceType, TagSpecification } from '@aws-sdk/client-ec2';

import { FLEET_TAG } from '../adapters/aws/fleet.ts';
import { fleetTags } from './resource.ts';
import type { FleetNames } from './site.ts';

/** EC2 makes and tags a thing in one call. */
export const ec2TagSpecification = (
  names: FleetNames,
  ResourceType: ResourceType,
): TagSpecification[] => [{ ResourceType, Tags: fleetTags(names) }];

/** What EC2 is to tell of: what carries the fleet's tag. */
export const ec2TagFilter = ({ fleet }: FleetNames) => [
  { Name: `tag:${FLEET_TAG}`, Values: [fleet] },
];
