import { vcpusOf } from '../../provision/ground.ts';
import { newestContentOf } from '../../provision/launch-template.ts';
import type { Site } from '../../provision/site.ts';
import { quotaOf, roomFor } from '../../provision/vcpu-quota.ts';
import { type Check, ok, warning } from '../check.ts';

/** Whether the account may run as many instances at a time as the controller starts. */
export function quotaCheck(site: Site, maxInstances: number): Check {
  return {
    name: 'quota',
    async look() {
      const { InstanceType } = await newestContentOf(site);
      if (InstanceType === undefined) return ok('Nothing says yet what instances will be.');
      const quota = await quotaOf(site, InstanceType);
      if (quota === undefined) return ok(`No quota is known for ${InstanceType}.`);
      const { code, limit, used } = quota;
      const room = roomFor(quota, await vcpusOf(site, InstanceType));
      const message =
        `${used} of ${limit} vCPUs are in use, which leaves room for ${room} more ${InstanceType}; ` +
        `${maxInstances} run at most.`;
      return room >= maxInstances
        ? ok(message)
        : warning(
            message,
            `Raise the quota ${code} of EC2, or lower --max-instances: more than these cannot start.`,
          );
    },
  };
}
