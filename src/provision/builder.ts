import {
  CreateImageCommand,
  GetConsoleOutputCommand,
  type ResponseLaunchTemplateData,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';

import { answerTo } from '../adapters/aws/errors.ts';
import { ASIDE_TAG, launchError } from '../adapters/aws/fleet.ts';
import { sleep } from '../bus/clock.ts';
import { isNotVisible, patiently } from './answers.ts';
import { ec2TagSpecification } from './ec2-tags.ts';
import { ImageFailedError } from './errors.ts';
import { imageOf } from './images.ts';
import { asideOf, BUILDER, fleetOf, idOf, instancesOf, isThere } from './instances.ts';
import { type ImageDisk, rootDiskOf } from './launch-template.ts';
import { fleetTags } from './resource.ts';
import { type Site, workerName } from './site.ts';

const IMAGE_WITHIN_MS = 1_800_000;
const LOOK_EVERY_MS = 5000;

/** Of a console, what is told of a builder that failed. */
const CONSOLE_LINES = 15;

export interface BuilderWish {
  /** What the launch template says of the fleet's instances. */
  readonly like: ResponseLaunchTemplateData;
  readonly image: ImageDisk;
  readonly userData: string;
}

/**
 * Launches an instance like those of the fleet, but from another image and with a script of its own.
 * When it switches itself off it is gone.
 */
export async function launchBuilder(
  { clients, names, clock }: Site,
  { like, image, userData }: BuilderWish,
): Promise<string> {
  const { InstanceType, IamInstanceProfile, SecurityGroupIds, NetworkInterfaces, MetadataOptions } =
    like;
  const command = new RunInstancesCommand({
    InstanceType,
    IamInstanceProfile,
    SecurityGroupIds,
    NetworkInterfaces,
    MetadataOptions,
    ImageId: image.imageId,
    BlockDeviceMappings: [rootDiskOf(image)],
    MinCount: 1,
    MaxCount: 1,
    InstanceInitiatedShutdownBehavior: 'terminate',
    UserData: Buffer.from(userData).toString('base64'),
    TagSpecifications: [
      ...ec2TagSpecification(names, 'volume'),
      {
        ResourceType: 'instance',
        Tags: [
          ...fleetTags(names),
          { Key: 'Name', Value: `${names.fleet}-builder` },
          { Key: ASIDE_TAG, Value: BUILDER },
        ],
      },
    ],
  });
  const call = { action: 'ec2:RunInstances', resource: `${names.fleet}-builder` };
  const launch = () =>
    clients.ec2.send(command).catch((error: unknown) => {
      throw launchError(error, workerName(names));
    });
  const { Instances = [] } = await answerTo(call, patiently(clock, isNotVisible, launch));
  return Instances.map(idOf)[0] ?? '';
}

/** Terminates every builder of the fleet; resolves with their ids. */
export async function removeBuilders(site: Site): Promise<string[]> {
  const builders = (await instancesOf(site))
    .filter(isThere)
    .filter((instance) => asideOf(instance) === BUILDER)
    .map(idOf);
  if (builders.length > 0) await fleetOf(site).terminate(builders);
  return builders;
}

/** The end of what an instance wrote to its console; EC2 has it minutes later, if ever. */
export async function consoleOf({ clients }: Site, InstanceId: string): Promise<string> {
  const command = new GetConsoleOutputCommand({ InstanceId, Latest: true });
  const call = { action: 'ec2:GetConsoleOutput', resource: InstanceId };
  const { Output = '' } = await answerTo(call, clients.ec2.send(command));
  const text = Buffer.from(Output, 'base64').toString().trimEnd();
  return text.split(/\r?\n/).slice(-CONSOLE_LINES).join('\n');
}

/** Makes an image of a stopped instance; resolves with the image's id. */
export async function makeImage(site: Site, InstanceId: string, Name: string): Promise<string> {
  const command = new CreateImageCommand({
    InstanceId,
    Name,
    TagSpecifications: [
      ...ec2TagSpecification(site.names, 'image'),
      ...ec2TagSpecification(site.names, 'snapshot'),
    ],
  });
  const call = { action: 'ec2:CreateImage', resource: InstanceId };
  const { ImageId = '' } = await answerTo(call, site.clients.ec2.send(command));
  return ImageId;
}

/**
 * Waits until an image can be used.
 * @throws ImageFailedError
 */
export async function untilAvailable(site: Site, imageId: string): Promise<void> {
  const { clock } = site;
  const end = clock.now() + IMAGE_WITHIN_MS;
  for (;;) {
    const { State, StateReason } = (await imageOf(site, imageId)) ?? { State: 'pending' };
    if (State === 'available') return;
    if (State !== 'pending' || clock.now() >= end) {
      throw new ImageFailedError(imageId, StateReason?.Message ?? State ?? 'EC2 tells no reason');
    }
    await sleep(clock, LOOK_EVERY_MS);
  }
}
