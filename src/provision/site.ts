import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { STSClient } from '@aws-sdk/client-sts';

import { type AwsClients, openClients } from '../adapters/aws/clients.ts';
import type { AwsNames } from '../adapters/aws/world.ts';
import { systemClock } from '../adapters/system-clock.ts';
import type { Clock } from '../bus/clock.ts';

/** What everything of a fleet is called. */
export interface FleetNames extends AwsNames {
  /** The fleet itself: the value of the tag that everything of it carries. */
  readonly fleet: string;
  readonly deadLetterQueue: string;
}

/** Name of the launch template, security group, role and instance profile of a fleet's workers. */
export const workerName = ({ fleet }: FleetNames): string => `${fleet}-worker`;

/** Name of the role and instance profile of a fleet's web tiers and controllers. */
export const controllerName = ({ fleet }: FleetNames): string => `${fleet}-web-and-controller`;

export interface SiteClients extends AwsClients {
  readonly iam: IAMClient;
  readonly sts: STSClient;
  readonly quotas: ServiceQuotasClient;
  readonly tagging: ResourceGroupsTaggingAPIClient;
}

/** Where a fleet is, or is to be: an account and a region, and the names there. */
export interface Site {
  readonly clients: SiteClients;
  readonly names: FleetNames;
  readonly clock: Clock;
}

/** Who provisions has time, but does not wait for a connection that is dead. */
const PATIENT = {
  requestHandler: { connectionTimeout: 5000, requestTimeout: 60_000, throwOnRequestTimeout: true },
};

/** Account, region and endpoints come from the SDK's own chain (`adapters/aws/clients.ts`). */
export function openSite(names: FleetNames): Site & { close(): void } {
  const clients = openClients();
  const ec2 = new EC2Client(PATIENT);
  const iam = new IAMClient(PATIENT);
  const sts = new STSClient(PATIENT);
  const quotas = new ServiceQuotasClient(PATIENT);
  const tagging = new ResourceGroupsTaggingAPIClient(PATIENT);
  return {
    clients: { ...clients, ec2, iam, sts, quotas, tagging },
    names,
    clock: systemClock,
    close() {
      clients.destroy();
      for (const client of [ec2, iam, sts, quotas, tagging]) client.destroy();
    },
  };
}
