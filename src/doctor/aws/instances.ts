import { instancesOf, isThere } from '../../provision/instances.ts';
import type { Site } from '../../provision/site.ts';
import { type Check, ok, warning } from '../check.ts';
import { provisionCommand } from './missing.ts';

/** How many instances the fleet has, and in which states. */
export function instancesCheck(site: Site): Check {
  return {
    name: 'instances',
    async look() {
      const states = new Map<string, number>();
      for (const { State } of (await instancesOf(site)).filter(isThere)) {
        const state = State?.Name ?? 'pending';
        states.set(state, (states.get(state) ?? 0) + 1);
      }
      const told = [...states].map(([state, count]) => `${count} ${state}`).join(', ');
      return states.size === 0
        ? warning('The fleet has no instance.', `Make some: ${provisionCommand(site.names)}`)
        : ok(`The fleet has ${told}.`);
    },
  };
}
