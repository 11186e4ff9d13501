import {
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
} from '@aws-sdk/client-ec2';
import {
  GetInstanceProfileCommand,
  GetRolePolicyCommand,
  ListInstanceProfilesCommand,
  ListRolesCommand,
} from '@aws-sdk/client-iam';
import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
} from '@aws-sdk/client-s3';
import {
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
} from '@aws-sdk/client-sqs';

import { ROLE_POLICY } from '../../src/provision/roles.ts';
import type { SiteClients } from '../../src/provision/site.ts';
import { withSite } from './stage.ts';

/** Everything in an account whose name begins like the fleet's or that carries its tag, without ids. */
export interface Account {
  readonly queues: readonly unknown[];
  readonly buckets: readonly unknown[];
  readonly roles: readonly unknown[];
  readonly profiles: readonly unknown[];
  readonly groups: readonly unknown[];
  readonly templates: readonly unknown[];
  readonly instances: readonly unknown[];
  readonly disks: number;
  readonly images: number;
  readonly snapshots: number;
}

/** What there is of a fleet; its name is told as FLEET, so that two fleets can be compared. */
async function accountOf(clients: SiteClients, fleet: string): Promise<Account> {
  const account: Account = {
    queues: await queues(clients, fleet),
    buckets: await buckets(clients, fleet),
    roles: await roles(clients, fleet),
    profiles: await profiles(clients, fleet),
    groups: await groups(clients, fleet),
    templates: await templates(clients, fleet),
    instances: await instances(clients, fleet),
    disks: await disks(clients, fleet),
    images: await images(clients, fleet),
    snapshots: await snapshots(clients, fleet),
  };
  return JSON.parse(JSON.stringify(account).replaceAll(fleet, 'FLEET')) as Account;
}

/** How many there are of each. */
export const countsOf = (account: Account): Record<string, number> =>
  Object.fromEntries(
    Object.entries(account).map(([what, all]: [string, readonly unknown[] | number]) => [
      what,
      typeof all === 'number' ? all : all.length,
    ]),
  );

async function queues({ sqs }: SiteClients, fleet: string): Promise<unknown[]> {
  const { QueueUrls = [] } = await sqs.send(
    new ListQueuesCommand({ QueueNamePrefix: `${fleet}-` }),
  );
  return Promise.all(
    QueueUrls.toSorted().map(async (QueueUrl) => {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
      );
      const { Tags } = await sqs.send(new ListQueueTagsCommand({ QueueUrl }));
      const { CreatedTimestamp: _, LastModifiedTimestamp: __, ...attributes } = Attributes;
      return { attributes, Tags };
    }),
  );
}

async function buckets({ s3 }: SiteClients, fleet: string): Promise<unknown[]> {
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  const names = Buckets.map(({ Name = '' }) => Name).filter((name) => name.startsWith(`${fleet}-`));
  return Promise.all(
    names.toSorted().map(async (Bucket) => {
      const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }));
      const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
      const { TagSet } = await s3.send(new GetBucketTaggingCommand({ Bucket }));
      const { PublicAccessBlockConfiguration } = await s3.send(
        new GetPublicAccessBlockCommand({ Bucket }),
      );
      const { ServerSideEncryptionConfiguration } = await s3.send(
        new GetBucketEncryptionCommand({ Bucket }),
      );
      return {
        Bucket,
        Status,
        Rules,
        TagSet,
        PublicAccessBlockConfiguration,
        ServerSideEncryptionConfiguration,
      };
    }),
  );
}

async function roles({ iam }: SiteClients, fleet: string): Promise<unknown[]> {
  const { Roles = [] } = await iam.send(new ListRolesCommand({}));
  const names = Roles.map(({ RoleName = '' }) => RoleName).filter((name) =>
    name.startsWith(`${fleet}-`),
  );
  return Promise.all(
    names.toSorted().map(async (RoleName) => {
      const policy = await iam.send(
        new GetRolePolicyCommand({ RoleName, PolicyName: ROLE_POLICY }),
      );
      return { RoleName, policy: policy.PolicyDocument };
    }),
  );
}

async function profiles({ iam }: SiteClients, fleet: string): Promise<unknown[]> {
  const { InstanceProfiles = [] } = await iam.send(new ListInstanceProfilesCommand({}));
  const names = InstanceProfiles.map(({ InstanceProfileName = '' }) => InstanceProfileName);
  return Promise.all(
    names
      .filter((name) => name.startsWith(`${fleet}-`))
      .toSorted()
      .map(async (InstanceProfileName) => {
        const { InstanceProfile } = await iam.send(
          new GetInstanceProfileCommand({ InstanceProfileName }),
        );
        const { Roles = [], Tags } = InstanceProfile ?? {};
        return { InstanceProfileName, roles: Roles.map(({ RoleName }) => RoleName), Tags };
      }),
  );
}

async function groups({ ec2 }: SiteClients, fleet: string): Promise<unknown[]> {
  const { SecurityGroups = [] } = await ec2.send(
    new DescribeSecurityGroupsCommand({
      Filters: [{ Name: 'group-name', Values: [`${fleet}-worker`] }],
    }),
  );
  return SecurityGroups.map(({ GroupName, IpPermissions, Tags }) => ({
    GroupName,
    IpPermissions,
    Tags,
  }));
}

async function templates({ ec2 }: SiteClients, fleet: string): Promise<unknown[]> {
  const { LaunchTemplates = [] } = await ec2.send(new DescribeLaunchTemplatesCommand({}));
  return Promise.all(
    LaunchTemplates.filter(({ LaunchTemplateName = '' }) =>
      LaunchTemplateName.startsWith(`${fleet}-`),
    ).map(async ({ LaunchTemplateName, Tags }) => {
      const { LaunchTemplateVersions = [] } = await ec2.send(
        new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName }),
      );
      const versions = LaunchTemplateVersions.map(({ LaunchTemplateData, DefaultVersion }) => {
        const { SecurityGroupIds, UserData = '', ...data } = LaunchTemplateData ?? {};
        const script = Buffer.from(UserData, 'base64').toString();
        return { data, script, groups: SecurityGroupIds?.length, DefaultVersion };
      });
      return { LaunchTemplateName, Tags, versions };
    }),
  );
}

const ofFleet = (fleet: string) => [{ Name: 'tag:facefleet:fleet', Values: [fleet] }];

async function instances({ ec2 }: SiteClients, fleet: string): Promise<unknown[]> {
  const { Reservations = [] } = await ec2.send(
    new DescribeInstancesCommand({ Filters: ofFleet(fleet) }),
  );
  return Reservations.flatMap(({ Instances = [] }) => Instances)
    .filter(({ State }) => State?.Name !== 'terminated')
    .map(({ State, Tags = [], InstanceType, ImageId }) => ({
      state: State?.Name,
      InstanceType,
      ImageId,
      tags: Tags.filter(({ Key = '' }) => !Key.startsWith('aws:'))
        .map(({ Key, Value }) => `${Key}=${Value}`)
        .toSorted(),
    }))
    .toSorted((a, b) => (String(a.tags) < String(b.tags) ? -1 : 1));
}

async function disks({ ec2 }: SiteClients, fleet: string): Promise<number> {
  const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({ Filters: ofFleet(fleet) }));
  return Volumes.length;
}

async function images({ ec2 }: SiteClients, fleet: string): Promise<number> {
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Filters: ofFleet(fleet) }));
  return Images.length;
}

async function snapshots({ ec2 }: SiteClients, fleet: string): Promise<number> {
  const { Snapshots = [] } = await ec2.send(
    new DescribeSnapshotsCommand({ Filters: ofFleet(fleet) }),
  );
  return Snapshots.length;
}

/** What there is of a fleet at the AWS endpoint in use. */
export const lookAt = (fleet: string): Promise<Account> =>
  withSite(fleet, ({ clients }) => accountOf(clients, fleet));
