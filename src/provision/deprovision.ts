import { bucketsOf } from './buckets.ts';
import type { Tell } from './fill-fleet.ts';
import { imagesOf, snapshotsOf, volumesOf } from './images.ts';
import { instancesKind } from './instances.ts';
import { launchTemplatesOf } from './launch-template.ts';
import { queuesOf } from './queues.ts';
import type { Kind, Leftover } from './resource.ts';
import { instanceProfilesOf, rolesOf } from './roles.ts';
import { securityGroupsOf } from './security-group.ts';
import type { Site } from './site.ts';

/** Things of one kind that carry the fleet's tag. */
export interface Found {
  readonly kind: Kind;
  readonly names: readonly string[];
}

/** Everything that carries the fleet's tag, in the order in which it can be removed. */
export async function inventory(site: Site): Promise<Found[]> {
  const kinds = [
    instancesKind(site),
    volumesOf(site),
    imagesOf(site),
    snapshotsOf(site),
    launchTemplatesOf(site),
    securityGroupsOf(site),
    instanceProfilesOf(site),
    rolesOf(site),
    bucketsOf(site),
    queuesOf(site),
  ];
  const found: Found[] = [];
  for (const kind of kinds) {
    const names = await kind.find();
    if (names.length > 0) found.push({ kind, names });
  }
  return found;
}

/** Removes what was found; tells what it could not. */
export async function deprovision(found: readonly Found[], tell: Tell): Promise<Leftover[]> {
  const leftovers: Leftover[] = [];
  for (const { kind, names } of found) {
    const left = await removeAll(kind, names);
    leftovers.push(...left);
    const gone = names.filter((name) => !left.some((each) => each.name === name));
    if (gone.length > 0) tell(`removed ${kind.title}: ${gone.join(', ')}`);
  }
  return leftovers;
}

async function removeAll(kind: Kind, names: readonly string[]): Promise<Leftover[]> {
  try {
    return await kind.remove(names);
  } catch (error) {
    const reason = (error as Error).message;
    return names.map((name) => ({ name, reason }));
  }
}
