import { createHash } from 'node:crypto';

import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DeleteLaunchTemplateCommand,
  DescribeLaunchTemplatesCommand,
  type LaunchTemplate,
  type LaunchTemplateVersion,
  ModifyLaunchTemplateCommand,
  paginateDescribeLaunchTemplateVersions,
  type RequestLaunchTemplateData,
  type ResponseLaunchTemplateData,
  type _InstanceType,
} from '@aws-sdk/client-ec2';

import { type AwsCall, answerTo } from '../adapters/aws/errors.ts';
import { answerUnless } from './answers.ts';
import { ec2TagFilter, ec2TagSpecification } from './ec2-tags.ts';
import { type Kind, removeEach, isFound, type Resource } from './resource.ts';
import { securityGroupIn } from './security-group.ts';
import { type Site, workerName } from './site.ts';

const MISSING = ['InvalidLaunchTemplateName.NotFoundException'];

/** An image, and what it says of the disk that an instance starts from. */
export interface ImageDisk {
  readonly imageId: string;
  /** Name of the image's root device: `/dev/xvda`, `/dev/sda1`. */
  readonly rootDevice: string;
  /** Size of the root device. */
  readonly diskGb: number;
}

/** What instances of a fleet are made of. */
export interface Mould extends ImageDisk {
  readonly instanceType: string;
  readonly vpcId: string;
  /** The default subnets of the VPC when absent. */
  readonly subnetId?: string | undefined;
  /** The script that makes an instance a worker (`user-data.ts`). */
  readonly userData: string;
}

/**
 * The launch template of a fleet's workers. A change of what they are made of makes a new version of
 * it, which is told by its description: a digest of all that it says.
 */
export function wantedLaunchTemplate(site: Site, mould: Mould): Resource {
  const { ec2 } = site.clients;
  const name = workerName(site.names);
  const title = `launch template ${name}`;
  const call = (action: string): AwsCall => ({ action, resource: name });
  return {
    title,
    exists: async () => isFound(site.names, title, await launchTemplateOf(site)),
    async create() {
      const { data, digest } = await contentOf(site, mould);
      const command = new CreateLaunchTemplateCommand({
        LaunchTemplateName: name,
        LaunchTemplateData: data,
        VersionDescription: digest,
        TagSpecifications: ec2TagSpecification(site.names, 'launch-template'),
      });
      await answerTo(call('ec2:CreateLaunchTemplate'), ec2.send(command));
    },
    async configure() {
      const { data, digest } = await contentOf(site, mould);
      const versions = await versionsOf(site);
      let version = versions.find(({ VersionDescription }) => VersionDescription === digest);
      if (version === undefined) {
        const command = new CreateLaunchTemplateVersionCommand({
          LaunchTemplateName: name,
          LaunchTemplateData: data,
          VersionDescription: digest,
        });
        const made = await answerTo(call('ec2:CreateLaunchTemplateVersion'), ec2.send(command));
        version = made.LaunchTemplateVersion;
      }
      if (version?.DefaultVersion) return;
      const command = new ModifyLaunchTemplateCommand({
        LaunchTemplateName: name,
        DefaultVersion: String(version?.VersionNumber),
      });
      await answerTo(call('ec2:ModifyLaunchTemplate'), ec2.send(command));
    },
  };
}

export function launchTemplatesOf(site: Site): Kind {
  const { names, clients } = site;
  return {
    title: 'launch templates',
    async find() {
      const { LaunchTemplates = [] } = await answerTo(
        { action: 'ec2:DescribeLaunchTemplates', resource: names.fleet },
        clients.ec2.send(new DescribeLaunchTemplatesCommand({ Filters: ec2TagFilter(names) })),
      );
      return LaunchTemplates.map(({ LaunchTemplateName = '' }) => LaunchTemplateName);
    },
    remove: (found) =>
      removeEach(found, async (LaunchTemplateName) => {
        await answerUnless(
          MISSING,
          { action: 'ec2:DeleteLaunchTemplate', resource: LaunchTemplateName },
          clients.ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateName })),
        );
      }),
  };
}

export async function launchTemplateOf({
  names,
  clients,
}: Site): Promise<LaunchTemplate | undefined> {
  const name = workerName(names);
  const answer = await answerUnless(
    MISSING,
    { action: 'ec2:DescribeLaunchTemplates', resource: name },
    clients.ec2.send(new DescribeLaunchTemplatesCommand({ LaunchTemplateNames: [name] })),
  );
  return answer?.LaunchTemplates?.[0];
}

/** What new instances are made of now; nothing when there is no launch template. */
export const newestContentOf = async (site: Site): Promise<ResponseLaunchTemplateData> =>
  (await newestVersionOf(site))?.LaunchTemplateData ?? {};

/**
 * What a version of the launch template says, but of another image. The disk goes with the image: a
 * mapping of another root device would add a second disk, and leave the first one as the image has it.
 */
export const ofImage = (
  data: ResponseLaunchTemplateData,
  image: ImageDisk,
): RequestLaunchTemplateData => ({
  // What EC2 tells of a version has the shape of what makes one.
  ...(data as RequestLaunchTemplateData),
  ImageId: image.imageId,
  BlockDeviceMappings: [rootDiskOf(image)],
});

/** How an instance's disk is to be, whatever that of the image is like. */
export const rootDiskOf = ({ rootDevice, diskGb }: ImageDisk) => ({
  DeviceName: rootDevice,
  Ebs: {
    Encrypted: true,
    VolumeType: 'gp3' as const,
    VolumeSize: diskGb,
    DeleteOnTermination: true,
  },
});

export async function newestVersionOf(site: Site): Promise<LaunchTemplateVersion | undefined> {
  if ((await launchTemplateOf(site)) === undefined) return undefined;
  return (await versionsOf(site)).find(({ DefaultVersion }) => DefaultVersion);
}

export async function versionsOf({ names, clients }: Site): Promise<LaunchTemplateVersion[]> {
  const name = workerName(names);
  const pages = paginateDescribeLaunchTemplateVersions(
    { client: clients.ec2 },
    { LaunchTemplateName: name },
  );
  const readAll = async (): Promise<LaunchTemplateVersion[]> => {
    const versions: LaunchTemplateVersion[] = [];
    for await (const { LaunchTemplateVersions = [] } of pages) {
      versions.push(...LaunchTemplateVersions);
    }
    return versions;
  };
  return answerTo({ action: 'ec2:DescribeLaunchTemplateVersions', resource: name }, readAll());
}

async function contentOf(
  site: Site,
  { instanceType, vpcId, subnetId, userData, ...image }: Mould,
): Promise<{ data: RequestLaunchTemplateData; digest: string }> {
  const { GroupId = '' } = (await securityGroupIn(site, vpcId)) ?? {};
  const data: RequestLaunchTemplateData = {
    ImageId: image.imageId,
    InstanceType: instanceType as _InstanceType,
    IamInstanceProfile: { Name: workerName(site.names) },
    ...(subnetId === undefined
      ? { SecurityGroupIds: [GroupId] }
      : { NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: subnetId, Groups: [GroupId] }] }),
    // The second version of the metadata service alone, and for the instance itself alone.
    MetadataOptions: {
      HttpEndpoint: 'enabled',
      HttpTokens: 'required',
      HttpPutResponseHopLimit: 1,
    },
    BlockDeviceMappings: [rootDiskOf(image)],
    InstanceInitiatedShutdownBehavior: 'stop',
    TagSpecifications: ec2TagSpecification(site.names, 'volume'),
    UserData: Buffer.from(userData).toString('base64'),
  };
  return { data, digest: createHash('sha256').update(JSON.stringify(data)).digest('hex') };
}
