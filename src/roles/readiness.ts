import { EMPTY_FLEET, ec2State, failingInstances, type FleetView } from '../bus/fleet-view.ts';
import type { World } from '../bus/world.ts';
import { type Check, failed, ok } from '../doctor/check.ts';

/** Why queues and buckets can take no photo; workers may still be on their way. */
export async function reasonsOfWorld(world: World): Promise<string[]> {
  const looks = await Promise.allSettled([
    world.requests.depth(),
    world.inputBucket.head('readiness'),
    (async () => world.checkRoom?.(0))(),
  ]);
  return looks.flatMap((look) => (look.status === 'rejected' ? [String(look.reason)] : []));
}

/** The same as a check. */
export const worldCheck = (world: World): Check => ({
  name: 'queues and buckets',
  async look() {
    const reasons = await reasonsOfWorld(world);
    return reasons.length === 0
      ? ok('Queues and buckets answer.')
      : failed(
          reasons.join(' '),
          'See docs/http.md and the log: photos are refused until they do.',
        );
  },
});

/** A fleet of nobody is ready, but not one whose workers end as soon as they are started. */
export function reasonsOfFleet(fleet: FleetView = EMPTY_FLEET): string[] {
  if (fleet.instances.some(({ state }) => ec2State(state) === 'running')) return [];
  return failingInstances(fleet).map(
    ({ id, failure }) => `The worker of ${id} ends again and again: ${failure?.reason}`,
  );
}
