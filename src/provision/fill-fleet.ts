import { DeleteTagsCommand, type Instance } from '@aws-sdk/client-ec2';

import { answerTo, AwsRequestError } from '../adapters/aws/errors.ts';
import { ASIDE_TAG } from '../adapters/aws/fleet.ts';
import { AwsStore } from '../adapters/aws/store.ts';
import { isNotVisible, patiently } from './answers.ts';
import {
  ImageNotFoundError,
  InstanceEndedError,
  InstanceStuckError,
  NoCapacityError,
  QuotaReachedError,
  WorkerNotReadyError,
} from './errors.ts';
import {
  asideOf,
  fleetOf,
  idOf,
  idsIn,
  instancesOf,
  isOfFleet,
  isThere,
  refusedOf,
  untilAll,
} from './instances.ts';
import { untilReady } from './ready-workers.ts';
import { type Site, workerName } from './site.ts';
import { quotaOf, roomFor } from './vcpu-quota.ts';

/** Of an instance from its launch until its worker was ready once and it is stopped. */
const NEW = { [ASIDE_TAG]: 'new' };

/** A boot with all that a worker loads takes a minute or two. */
const READY_WITHIN_MS = 600_000;

const QUOTA = new Set([
  'InstanceLimitExceeded',
  'MaxSpotInstanceCountExceeded',
  'VcpuLimitExceeded',
]);
const CAPACITY = new Set([
  'InsufficientHostCapacity',
  'InsufficientInstanceCapacity',
  'InsufficientReservedInstanceCapacity',
  'Unsupported',
]);
const IMAGE = /^InvalidAMIID\./;

export interface FleetWish {
  readonly count: number;
  readonly imageId: string;
  readonly instanceType: string;
  /** Of one instance. */
  readonly vcpus: number;
}

/** Told what is done, in a few words. */
export type Tell = (what: string) => void;

/**
 * Brings the fleet to `count` instances, each stopped after its worker was ready once. They are
 * launched in waves that the account's limit of vCPUs leaves room for. Those of a run that was cut
 * off come first; instances that others have started are left alone.
 */
export async function fillFleet(site: Site, wish: FleetWish, tell: Tell): Promise<void> {
  for (;;) {
    const instances = (await instancesOf(site)).filter(isThere).filter(isOfFleet);
    const fresh = instances.filter(isNew);
    const missing = wish.count - instances.length;
    if (fresh.length > 0) await settle(site, fresh.map(idOf), tell);
    else if (missing > 0) await launchWave(site, missing, wish, tell);
    else return;
  }
}

async function launchWave(
  site: Site,
  missing: number,
  { count, imageId, instanceType, vcpus }: FleetWish,
  tell: Tell,
): Promise<void> {
  const quota = await quotaOf(site, instanceType);
  const size = quota === undefined ? missing : Math.min(missing, roomFor(quota, vcpus));
  const progress = `${count - missing} of ${count} instances are there`;
  if (size === 0) throw new QuotaReachedError(progress, quota, count * vcpus);
  tell(`launching ${size === missing ? size : `${size} of ${missing}`} more`);
  const launch = (number: number) => fleetOf(site).launch(number, workerName(site.names), NEW);
  try {
    await patiently(site.clock, isNotVisible, () => launch(1));
    if (size > 1) await launch(size - 1);
  } catch (error) {
    if (!(error instanceof AwsRequestError)) throw error;
    const { awsCode } = error;
    if (IMAGE.test(awsCode)) throw await ImageNotFoundError.of(imageId, site);
    if (!QUOTA.has(awsCode) && !CAPACITY.has(awsCode)) throw error;
    // Those that could be launched are brought to their end first; then it is tried again.
    if ((await instancesOf(site)).some((instance) => isThere(instance) && isNew(instance))) return;
    throw QUOTA.has(awsCode)
      ? new QuotaReachedError(progress, quota, count * vcpus)
      : new NoCapacityError(progress, instanceType);
  }
}

/** Waits until the workers of new instances are ready, and stops those. */
async function settle(site: Site, ids: readonly string[], tell: Tell): Promise<void> {
  const fleet = fleetOf(site);
  const ready: string[] = [];
  tell(`waiting for the workers of ${told(ids)}`);
  const failed = await untilReady(ids, {
    clock: site.clock,
    outputBucket: new AwsStore(site.names.outputBucket, site.clients.s3),
    patienceMs: READY_WITHIN_MS,
    lost: async () => new Set(idsIn(await fleet.describe(), ENDED)),
    onReady(id) {
      ready.push(id);
      tell(`${id}: its worker is ready (${ready.length} of ${ids.length})`);
    },
  });
  if (ready.length > 0) {
    const running = new Set(idsIn(await fleet.describe(), ['pending', 'running']));
    const [refused] = refusedOf(await fleet.stop(ready.filter((id) => running.has(id))));
    if (refused) throw new InstanceStuckError(refused.name, refused.reason);
    await untilAll(site, ready, 'stopped');
    await forgetNew(site, ready);
    tell(`stopped ${told(ready)}`);
  }
  if (failed.length > 0) throw await failureOf(site, failed);
}

const ENDED = ['stopping', 'stopped', 'shutting-down', 'terminated'] as const;

async function failureOf(site: Site, failed: readonly string[]): Promise<Error> {
  const ended = (await instancesOf(site)).find(
    (instance) => failed.includes(idOf(instance)) && !isThere(instance),
  );
  return ended === undefined
    ? new WorkerNotReadyError(failed)
    : new InstanceEndedError(idOf(ended), ended.StateReason?.Message);
}

async function forgetNew({ clients }: Site, Resources: string[]): Promise<void> {
  const command = new DeleteTagsCommand({ Resources, Tags: [{ Key: ASIDE_TAG }] });
  const call = { action: 'ec2:DeleteTags', resource: Resources.join(', ') };
  await answerTo(call, clients.ec2.send(command));
}

/** A few by their ids, many by their number. */
const told = (ids: readonly string[]): string =>
  ids.length > 3 ? `${ids.length} instances` : ids.join(', ');

const isNew = (instance: Instance): boolean => asideOf(instance) === 'new';
