import { callerOf } from '../../provision/ground.ts';
import type { Site } from '../../provision/site.ts';
import { type Check, ok } from '../check.ts';

/** Whether there are credentials and a region, and whose they are. */
export function accountCheck(site: Site): Check {
  return {
    name: 'account',
    async look() {
      const { account, arn } = await callerOf(site);
      const region = await site.clients.ec2.config.region();
      return ok(`Account ${account}, region ${region}, as ${arn}.`);
    },
  };
}
