import {
  DescribeInstanceTypesCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  type ResponseLaunchTemplateData,
  type _InstanceType,
} from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';

import { answerTo } from '../adapters/aws/errors.ts';
import { answerUnless } from './answers.ts';
import {
  ImageDoesNotFitError,
  ImageNotFoundError,
  InstanceTypeUnknownError,
  NoNetworkError,
} from './errors.ts';
import { imageOf } from './images.ts';
import type { ImageDisk } from './launch-template.ts';
import type { Site } from './site.ts';

/** What a fleet is to stand on. */
export interface GroundWish {
  readonly imageId: string;
  readonly instanceType: string;
  readonly subnetId?: string | undefined;
}

/** What is there already, and is not the fleet's to make. */
export interface Ground extends ImageDisk {
  /** Number of the account. */
  readonly account: string;
  readonly region: string;
  /** Whether the account pays for the image's snapshot. */
  readonly isOwnImage: boolean;
  /** Of one instance. */
  readonly vcpus: number;
  readonly vpcId: string;
}

/**
 * Looks at account, image, instance type and network before anything is made.
 * @throws ProvisioningError when one of them will not do
 */
export async function survey(site: Site, wish: GroundWish): Promise<Ground> {
  const { account } = await callerOf(site);
  const { imageId, instanceType, subnetId } = wish;
  const image = await imageOf(site, imageId);
  if (image?.State !== 'available') throw await ImageNotFoundError.of(imageId, site);
  const { vcpus, architectures } = await typeOf(site, instanceType);
  const { Architecture = '', RootDeviceName = '', BlockDeviceMappings = [], OwnerId } = image;
  const root = BlockDeviceMappings.find(({ DeviceName }) => DeviceName === RootDeviceName);
  if (!architectures.includes(Architecture)) {
    throw new ImageDoesNotFitError(imageId, Architecture, instanceType);
  }
  return {
    account,
    region: await site.clients.ec2.config.region(),
    imageId,
    isOwnImage: OwnerId === account,
    rootDevice: RootDeviceName,
    diskGb: root?.Ebs?.VolumeSize ?? 0,
    vcpus,
    vpcId: await vpcOf(site, subnetId),
  };
}

/** The same for an image in the place of the one that a fleet's launch template says. */
export const surveyFor = (
  site: Site,
  { InstanceType, NetworkInterfaces = [] }: ResponseLaunchTemplateData,
  imageId: string,
): Promise<Ground> =>
  survey(site, {
    imageId,
    instanceType: InstanceType ?? '',
    subnetId: NetworkInterfaces[0]?.SubnetId,
  });

/** Whose credentials these are. */
export async function callerOf({ clients }: Site): Promise<{ account: string; arn: string }> {
  const { Account = '', Arn = '' } = await answerTo(
    { action: 'sts:GetCallerIdentity', resource: 'these credentials' },
    clients.sts.send(new GetCallerIdentityCommand({})),
  );
  return { account: Account, arn: Arn };
}

/** How many vCPUs an instance of a type has. */
export const vcpusOf = async (site: Site, instanceType: string): Promise<number> =>
  (await typeOf(site, instanceType)).vcpus;

async function typeOf(site: Site, instanceType: string) {
  const { ec2 } = site.clients;
  const answer = await answerUnless(
    ['InvalidInstanceType', 'InvalidParameterValue'],
    { action: 'ec2:DescribeInstanceTypes', resource: instanceType },
    ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes: [instanceType as _InstanceType] })),
  );
  const type = answer?.InstanceTypes?.[0];
  if (type === undefined) {
    throw new InstanceTypeUnknownError(instanceType, await ec2.config.region());
  }
  return {
    vcpus: type.VCpuInfo?.DefaultVCpus ?? 1,
    architectures: (type.ProcessorInfo?.SupportedArchitectures ?? []) as readonly string[],
  };
}

async function vpcOf({ clients }: Site, subnetId: string | undefined): Promise<string> {
  const vpcId =
    subnetId === undefined
      ? await defaultVpc(clients.ec2)
      : await vpcOfSubnet(clients.ec2, subnetId);
  if (vpcId === undefined) throw new NoNetworkError(subnetId);
  return vpcId;
}

async function defaultVpc(ec2: Site['clients']['ec2']): Promise<string | undefined> {
  const Filters = [{ Name: 'is-default', Values: ['true'] }];
  const { Vpcs } = await answerTo(
    { action: 'ec2:DescribeVpcs', resource: 'the default VPC' },
    ec2.send(new DescribeVpcsCommand({ Filters })),
  );
  return Vpcs?.[0]?.VpcId;
}

async function vpcOfSubnet(
  ec2: Site['clients']['ec2'],
  subnetId: string,
): Promise<string | undefined> {
  const answer = await answerUnless(
    ['InvalidSubnetID.NotFound', 'InvalidSubnetId.Malformed'],
    { action: 'ec2:DescribeSubnets', resource: subnetId },
    ec2.send(new DescribeSubnetsCommand({ SubnetIds: [subnetId] })),
  );
  return answer?.Subnets?.[0]?.VpcId;
}
