import {
  CreateLaunchTemplateCommand,
  DescribeImagesCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  PutBucketVersioningCommand,
  type S3Client,
} from '@aws-sdk/client-s3';

import { openClients } from '../src/adapters/aws/clients.ts';
import { AwsQueues } from '../src/adapters/aws/queues.ts';
import { systemClock } from '../src/adapters/system-clock.ts';

/** Makes the queues and buckets of a fleet at the AWS endpoint in use, which is none of Amazon's. */
export async function deploy(name: string, { requestBytes }: { requestBytes?: number } = {}) {
  const clients = openClients();
  const queues = new AwsQueues(clients.sqs, systemClock);
  await queues.create(`${name}-dead-letter-queue`);
  await queues.create(`${name}-req-queue`, {
    deadLetterQueue: `${name}-dead-letter-queue`,
    ...(requestBytes !== undefined && { maxMessageBytes: requestBytes }),
  });
  await queues.create(`${name}-resp-queue`);
  await queues.create(`${name}-events-queue`);
  for (const suffix of ['in', 'out', 'gallery']) {
    await createVersionedBucket(clients.s3, `${name}-${suffix}-bucket`);
  }
  clients.destroy();
}

export async function createVersionedBucket(
  s3: S3Client,
  Bucket: string,
  region = 'eu-west-1',
): Promise<void> {
  // S3's first region is the one that must not be named.
  const place = region !== 'us-east-1' && {
    CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint },
  };
  await s3.send(new CreateBucketCommand({ Bucket, ...place }));
  const VersioningConfiguration = { Status: 'Enabled' } as const;
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
}

/** Makes a launch template of moto's first image; one that is there already is left as it is. */
export async function createLaunchTemplate(
  ec2: EC2Client,
  LaunchTemplateName: string,
): Promise<void> {
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({}));
  const ImageId = Images[0]?.ImageId;
  if (ImageId === undefined) throw new Error('moto has no image.');
  const LaunchTemplateData = { ImageId, InstanceType: 't3.micro' } as const;
  try {
    await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName, LaunchTemplateData }));
  } catch (error) {
    const { name } = error as Error;
    if (name !== 'InvalidLaunchTemplateName.AlreadyExistsException') throw error;
  }
}
