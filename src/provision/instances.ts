import { type Instance, paginateDescribeInstances } from '@aws-sdk/client-ec2';

import { answerTo } from '../adapters/aws/errors.ts';
import { ASIDE_TAG, AwsFleet } from '../adapters/aws/fleet.ts';
import { sleep } from '../bus/clock.ts';
import type { InstanceDescription, InstanceResult, InstanceState } from '../bus/fleet.ts';
import { ec2TagFilter } from './ec2-tags.ts';
import { InstanceStuckError } from './errors.ts';
import type { Kind, Leftover } from './resource.ts';
import type { Site } from './site.ts';

const SETTLED_WITHIN_MS = 600_000;
const LOOK_EVERY_MS = 2000;

/** No lease ends while somebody provisions. */
export const CALL_MS = 120_000;

export const fleetOf = ({ clients, names, clock }: Site): AwsFleet =>
  new AwsFleet({ ec2: clients.ec2, name: names.fleet, clock, callMs: CALL_MS });

/** The instances of the fleet, and those that are gone for good while EC2 still tells of them. */
export async function instancesOf({ clients, names }: Site): Promise<Instance[]> {
  const pages = paginateDescribeInstances(
    { client: clients.ec2 },
    { Filters: ec2TagFilter(names) },
  );
  const readAll = async (): Promise<Instance[]> => {
    const instances: Instance[] = [];
    for await (const { Reservations = [] } of pages) {
      for (const { Instances = [] } of Reservations) instances.push(...Instances);
    }
    return instances;
  };
  return answerTo({ action: 'ec2:DescribeInstances', resource: names.fleet }, readAll());
}

export const isThere = ({ State }: Instance): boolean =>
  State?.Name !== 'terminated' && State?.Name !== 'shutting-down';

/** Why an instance is set aside, if it is. */
export const asideOf = ({ Tags = [] }: Instance): string | undefined =>
  Tags.find(({ Key }) => Key === ASIDE_TAG)?.Value;

/** Whether an instance counts as one of the fleet: one that builds an image does not. */
export const isOfFleet = (instance: Instance): boolean => asideOf(instance) !== BUILDER;

/** Why an instance that builds an image is set aside. */
export const BUILDER = 'builder';

export const idOf = ({ InstanceId = '' }: Instance): string => InstanceId;

/** Every instance of the fleet; its disks go with it. */
export function instancesKind(site: Site): Kind {
  return {
    title: 'instances with their disks',
    find: async () => (await instancesOf(site)).filter(isThere).map(idOf),
    async remove(ids) {
      const fleet = fleetOf(site);
      const refused = refusedOf(await fleet.terminate(ids));
      const going = ids.filter((id) => !refused.some(({ name }) => name === id));
      await untilAll(site, going, 'terminated');
      return refused;
    },
  };
}

/**
 * Waits until all of them are in that state, or gone.
 * @throws InstanceStuckError after ten minutes
 */
export async function untilAll(
  { clients, names, clock }: Site,
  ids: readonly string[],
  wanted: 'stopped' | 'terminated',
): Promise<void> {
  const fleet = fleetOf({ clients, names, clock });
  const end = clock.now() + SETTLED_WITHIN_MS;
  for (;;) {
    const late = (await fleet.describe()).find(
      ({ id, state }) => ids.includes(id) && state !== wanted && state !== 'terminated',
    );
    if (late === undefined) return;
    if (clock.now() >= end) throw new InstanceStuckError(late.id, late.state);
    await sleep(clock, LOOK_EVERY_MS);
  }
}

export const refusedOf = (results: readonly InstanceResult[]): Leftover[] =>
  results.flatMap((result) =>
    'error' in result ? [{ name: result.id, reason: result.error.message }] : [],
  );

/** What an instance that changes its state by itself is refused with. */
const PASSING = 'IncorrectInstanceState';

/** @throws InstanceStuckError when one was refused for a reason that does not pass */
export function requireDone(results: readonly InstanceResult[]): void {
  for (const result of results) {
    if ('error' in result && result.error.code !== PASSING) {
      throw new InstanceStuckError(result.id, result.error.message);
    }
  }
}

export const idsIn = (
  instances: readonly InstanceDescription[],
  states: readonly InstanceState[],
): string[] => instances.filter(({ state }) => states.includes(state)).map(({ id }) => id);
