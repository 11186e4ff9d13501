import { randomBytes } from 'node:crypto';

import {
  DeleteLaunchTemplateCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplatesCommand,
} from '@aws-sdk/client-ec2';
import { DeleteBucketCommand, ListBucketsCommand } from '@aws-sdk/client-s3';

import type { AwsClients } from '../../src/adapters/aws/clients.ts';
import { AwsFleet, FLEET_TAG } from '../../src/adapters/aws/fleet.ts';
import { AwsQueues } from '../../src/adapters/aws/queues.ts';
import { AwsStore } from '../../src/adapters/aws/store.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';

/** Names of one run's queues, buckets, fleets and launch template begin so, and nobody else's. */
export const runPrefix = (prefix: string): string => `${prefix}-${randomBytes(4).toString('hex')}-`;

/** What a run made, by kind: names and ids. */
export interface Made {
  readonly queues: readonly string[];
  readonly buckets: readonly string[];
  readonly instances: readonly string[];
  readonly launchTemplates: readonly string[];
}

/** Everything in the account that a run has made and that is still there. */
export async function madeBy(prefix: string, { sqs, s3, ec2 }: AwsClients): Promise<Made> {
  const [queues, { Buckets = [] }, { Reservations = [] }, { LaunchTemplates = [] }] =
    await Promise.all([
      new AwsQueues(sqs, systemClock).list(prefix),
      s3.send(new ListBucketsCommand({})),
      ec2.send(
        new DescribeInstancesCommand({
          Filters: [
            { Name: `tag:${FLEET_TAG}`, Values: [`${prefix}*`] },
            { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] },
          ],
        }),
      ),
      ec2.send(
        new DescribeLaunchTemplatesCommand({
          Filters: [{ Name: 'launch-template-name', Values: [`${prefix}*`] }],
        }),
      ),
    ]);
  const instances = Reservations.flatMap(({ Instances = [] }) => Instances);
  return {
    queues,
    buckets: Buckets.flatMap(({ Name = '' }) => (Name.startsWith(prefix) ? Name : [])),
    instances: instances.flatMap(({ InstanceId }) => InstanceId ?? []),
    launchTemplates: LaunchTemplates.flatMap(({ LaunchTemplateName }) => LaunchTemplateName ?? []),
  };
}

export async function remove(made: Made, { sqs, s3, ec2 }: AwsClients): Promise<void> {
  const queues = new AwsQueues(sqs, systemClock);
  for (const name of made.queues) await queues.remove(name);
  for (const name of made.buckets) {
    await new AwsStore(name, s3).purge();
    await s3.send(new DeleteBucketCommand({ Bucket: name }));
  }
  await new AwsFleet({ ec2, name: 'contract', clock: systemClock }).terminate(made.instances);
  for (const LaunchTemplateName of made.launchTemplates) {
    await ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateName }));
  }
}
