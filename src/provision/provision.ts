import { DEFAULT_PHOTO_DAYS, photoDaysOf, wantedBuckets } from './buckets.ts';
import { fillFleet, type Tell } from './fill-fleet.ts';
import { type Ground, type GroundWish, survey } from './ground.ts';
import { instancesOf, isOfFleet, isThere } from './instances.ts';
import { wantedLaunchTemplate } from './launch-template.ts';
import { wantedQueues } from './queues.ts';
import type { Resource } from './resource.ts';
import { wantedRoles } from './roles.ts';
import { wantedSecurityGroup } from './security-group.ts';
import type { FleetNames, Site } from './site.ts';
import { userData } from './user-data.ts';

export interface ProvisionWish extends GroundWish {
  /** Instances that the fleet is to have. */
  readonly count: number;
  /** See `wantedBuckets`; as it is now, or 30, when absent. */
  readonly photoDays?: number | undefined;
}

/** What `provision` would do. */
export interface Plan {
  readonly wish: ProvisionWish & { readonly photoDays: number };
  readonly ground: Ground;
  /** In the order in which they are made. */
  readonly steps: readonly { readonly resource: Resource; readonly isThere: boolean }[];
  /** Instances that are there. */
  readonly have: number;
}

/** Looks at what is there, and makes nothing. */
export async function planFleet(site: Site, wish: ProvisionWish): Promise<Plan> {
  const ground = await survey(site, wish);
  const whole = { ...wish, photoDays: wish.photoDays ?? (await photoDaysNow(site)) };
  const steps: { resource: Resource; isThere: boolean }[] = [];
  for (const resource of wantedResources(site, whole, ground)) {
    steps.push({ resource, isThere: await resource.exists() });
  }
  const have = (await instancesOf(site)).filter(isThere).filter(isOfFleet).length;
  return { wish: whole, ground, steps, have };
}

/** Makes what is missing, sets up what is there, and fills the fleet. */
export async function provision(site: Site, plan: Plan, tell: Tell): Promise<void> {
  for (const { resource, isThere } of plan.steps) {
    if (!isThere) await resource.create();
    await resource.configure?.();
    tell(`${isThere ? 'kept' : 'made'} ${resource.title}`);
  }
  await fillFleet(site, { ...plan.wish, vcpus: plan.ground.vcpus }, tell);
}

/** So that photos are not kept for a shorter time than before because nobody said it again. */
async function photoDaysNow(site: Site): Promise<number> {
  // Whose bucket it is comes first: that of another one is none to ask.
  for (const bucket of wantedBuckets(site)) await bucket.exists();
  return (await photoDaysOf(site)) ?? DEFAULT_PHOTO_DAYS;
}

function wantedResources(site: Site, wish: Plan['wish'], ground: Ground): Resource[] {
  return [
    ...wantedQueues(site),
    ...wantedBuckets(site, wish.photoDays),
    ...wantedRoles(site),
    wantedSecurityGroup(site, ground.vpcId),
    wantedLaunchTemplate(site, {
      ...wish,
      ...ground,
      userData: userData({ environment: workerEnvironment(site.names, ground.region) }),
    }),
  ];
}

/** The settings of every worker of the fleet. */
export function workerEnvironment(names: FleetNames, region: string): Record<string, string> {
  return {
    AWS_REGION: region,
    FACEFLEET_WORLD: 'aws',
    FACEFLEET_NAME: names.fleet,
    FACEFLEET_REQUEST_QUEUE: names.requestQueue,
    FACEFLEET_RESPONSE_QUEUE: names.responseQueue,
    FACEFLEET_EVENTS_QUEUE: names.eventsQueue,
    FACEFLEET_INPUT_BUCKET: names.inputBucket,
    FACEFLEET_OUTPUT_BUCKET: names.outputBucket,
    FACEFLEET_GALLERY_BUCKET: names.galleryBucket,
  };
}
