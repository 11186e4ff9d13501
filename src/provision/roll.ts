import {
  CreateLaunchTemplateVersionCommand,
  CreateTagsCommand,
  type Instance,
  type LaunchTemplateVersion,
  ModifyLaunchTemplateCommand,
} from '@aws-sdk/client-ec2';

import { answerTo } from '../adapters/aws/errors.ts';
import { ASIDE_TAG, FLEET_CALL_MS } from '../adapters/aws/fleet.ts';
import { sleep } from '../bus/clock.ts';
import { NoFleetError } from './errors.ts';
import { fillFleet, type Tell } from './fill-fleet.ts';
import { surveyFor } from './ground.ts';
import {
  fleetOf,
  idOf,
  idsIn,
  instancesOf,
  isOfFleet,
  isThere,
  requireDone,
  untilAll,
} from './instances.ts';
import { type ImageDisk, newestVersionOf, ofImage, versionsOf } from './launch-template.ts';
import { type Site, workerName } from './site.ts';

export interface RollWish {
  /** What every instance is to be made of. */
  readonly imageId: string;
  /** Instances that are replaced at a time. */
  readonly wave: number;
}

/**
 * Of an instance that is to be replaced, from before its replacement is launched: its value is the size
 * of the fleet, which a run that goes on after a kill cannot tell any more.
 */
const REPLACED_TAG = 'facefleet:replaced';

/** Why an instance is set aside whose replacement is there. */
const LEAVING = 'leaving';

/** A controller that saw an instance before it was set aside has done by then what it had decided. */
const LAST_COMMAND_MS = 2 * FLEET_CALL_MS;

const RETRY_MS = 5000;

/**
 * Replaces the instances of a fleet that works on, wave by wave, by instances of another image. New
 * ones are members only when their worker has been ready; old ones are taken from the controller,
 * drained and terminated only then, so that the fleet never has fewer than before and no photo in hand
 * is cut off. What is cut off half-way goes on when it is run again.
 * @throws ProvisioningError, ServiceUnavailableError
 */
export async function roll(site: Site, { imageId, wave }: RollWish, tell: Tell): Promise<void> {
  const template = await newestVersionOf(site);
  const data = template?.LaunchTemplateData;
  if (template === undefined || data?.InstanceType === undefined)
    throw new NoFleetError(site.names.fleet);
  const instanceType = data.InstanceType;
  const ground = await surveyFor(site, data, imageId);
  if (data.ImageId !== imageId) await useImage(site, template, ground);

  for (;;) {
    const fleet = (await instancesOf(site)).filter(isThere).filter(isOfFleet);
    const old = fleet.filter((instance) => instance.ImageId !== imageId);
    if (old.length === 0) return;
    const marked = old.filter((instance) => sizeMarkedOn(instance) !== undefined);
    const size = marked.map(sizeMarkedOn).at(0) ?? fleet.length;
    const going = marked.length > 0 ? marked : old.toSorted(byState).slice(0, wave);
    const ids = going.map(idOf);
    await tag(site, ids, REPLACED_TAG, String(size));
    tell(`replacing ${ids.join(', ')}; ${old.length} of ${size} are of another image`);
    const count = size + going.length;
    await fillFleet(site, { count, imageId, instanceType, vcpus: ground.vcpus }, tell);
    await drain(site, ids);
    requireDone(await fleetOf(site).terminate(ids));
    await untilAll(site, ids, 'terminated');
    tell(`terminated ${ids.join(', ')}`);
  }
}

/** Makes the instances to come those of that version of the launch template, but of another image. */
async function useImage(
  site: Site,
  { VersionNumber, LaunchTemplateData = {} }: LaunchTemplateVersion,
  image: ImageDisk,
): Promise<void> {
  const { clients, names } = site;
  const LaunchTemplateName = workerName(names);
  const VersionDescription = `version ${VersionNumber} with ${image.imageId}`;
  const isMade = (version: LaunchTemplateVersion): boolean =>
    version.VersionDescription === VersionDescription;
  let version = (await versionsOf(site)).find(isMade);
  if (version === undefined) {
    const command = new CreateLaunchTemplateVersionCommand({
      LaunchTemplateName,
      VersionDescription,
      LaunchTemplateData: ofImage(LaunchTemplateData, image),
    });
    const call = { action: 'ec2:CreateLaunchTemplateVersion', resource: LaunchTemplateName };
    version = (await answerTo(call, clients.ec2.send(command))).LaunchTemplateVersion;
  }
  const DefaultVersion = String(version?.VersionNumber);
  await answerTo(
    { action: 'ec2:ModifyLaunchTemplate', resource: LaunchTemplateName },
    clients.ec2.send(new ModifyLaunchTemplateCommand({ LaunchTemplateName, DefaultVersion })),
  );
}

/** Takes instances from the controller, and waits until they have finished their photos and stopped. */
async function drain(site: Site, ids: readonly string[]): Promise<void> {
  await tag(site, ids, ASIDE_TAG, LEAVING);
  await sleep(site.clock, LAST_COMMAND_MS);
  const fleet = fleetOf(site);
  for (;;) {
    const ours = (await fleet.describe()).filter(({ id }) => ids.includes(id));
    if (idsIn(ours, ['pending', 'running']).length === 0) break;
    // One that still starts is stopped at a later look.
    requireDone(await fleet.stop(idsIn(ours, ['running'])));
    await sleep(site.clock, RETRY_MS);
  }
  await untilAll(site, ids, 'stopped');
}

async function tag({ clients }: Site, ids: readonly string[], Key: string, Value: string) {
  const command = new CreateTagsCommand({ Resources: [...ids], Tags: [{ Key, Value }] });
  const call = { action: 'ec2:CreateTags', resource: ids.join(', ') };
  await answerTo(call, clients.ec2.send(command));
}

function sizeMarkedOn({ Tags = [] }: Instance): number | undefined {
  const value = Tags.find(({ Key }) => Key === REPLACED_TAG)?.Value;
  return value === undefined ? undefined : Number(value);
}

/** Those that are stopped first: nothing has to be waited for. */
const byState = (one: Instance, other: Instance): number =>
  Number(one.State?.Name !== 'stopped') - Number(other.State?.Name !== 'stopped');
