import { FLEET_TAG } from '../adapters/aws/fleet.ts';
import { NotOfThisFleetError } from './errors.ts';
import type { FleetNames } from './site.ts';

/**
 * One thing in AWS that a fleet is made of. Whoever makes it may be cut off after any call: what is
 * done then is seen by `exists`, and what is not is done by the next run.
 */
export interface Resource {
  /** What it is and how it is called, for people: `queue facefleet-req-queue`. */
  readonly title: string;
  /**
   * Whether it is there and carries the fleet's tag.
   * @throws NotOfThisFleetError when something else has its name
   */
  exists(): Promise<boolean>;
  /** Makes it, with the fleet's tag. */
  create(): Promise<void>;
  /** Sets it up as it should be, whatever it was like before. */
  configure?(): Promise<void>;
}

/** Things of one kind that carry the tag of a fleet, and how to be rid of them. */
export interface Kind {
  /** In plural: `queues`. */
  readonly title: string;
  /** Names or ids. */
  find(): Promise<string[]>;
  /** What cannot be removed is told; the others are removed all the same. */
  remove(names: readonly string[]): Promise<Leftover[]>;
}

export interface Leftover {
  readonly name: string;
  /** A sentence. */
  readonly reason: string;
}

export interface Tag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

export const fleetTags = ({ fleet }: FleetNames) => [{ Key: FLEET_TAG, Value: fleet }];

export const hasFleetTag = ({ fleet }: FleetNames, tags: readonly Tag[] = []): boolean =>
  tags.some(({ Key, Value }) => Key === FLEET_TAG && Value === fleet);

/** @throws NotOfThisFleetError */
export function requireFleetTag(
  names: FleetNames,
  title: string,
  tags: readonly Tag[] | undefined,
): void {
  if (!hasFleetTag(names, tags)) throw new NotOfThisFleetError(title, names.fleet);
}

/** Whether something was found. @throws NotOfThisFleetError when it is not the fleet's */
export function isFound(
  names: FleetNames,
  title: string,
  found: { readonly Tags?: readonly Tag[] | undefined } | undefined,
): boolean {
  if (found !== undefined) requireFleetTag(names, title, found.Tags);
  return found !== undefined;
}

/** Removes one after another, and goes on after a failure. */
export async function removeEach(
  names: readonly string[],
  remove: (name: string) => Promise<void>,
): Promise<Leftover[]> {
  const leftovers: Leftover[] = [];
  for (const name of names) {
    try {
      await remove(name);
    } catch (error) {
      leftovers.push({ name, reason: (error as Error).message });
    }
  }
  return leftovers;
}
