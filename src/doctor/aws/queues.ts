import { DeadLetterQueueMissingError } from '../../adapters/aws/errors.ts';
import { AwsQueues } from '../../adapters/aws/queues.ts';
import { wantedQueues } from '../../provision/queues.ts';
import type { Site } from '../../provision/site.ts';
import { type Check, ok, warning } from '../check.ts';
import { missingOf } from './missing.ts';

/** Whether the queues are there, and what waits in them. */
export function queuesCheck(site: Site): Check {
  return {
    name: 'queues',
    async look() {
      const missing = await missingOf(site.names, wantedQueues(site));
      if (missing !== undefined) return missing;
      const queues = new AwsQueues(site.clients.sqs, site.clock);
      const requests = await queues.open(site.names.requestQueue);
      if (requests.deadLetterQueue === undefined) {
        throw new DeadLetterQueueMissingError(requests.name);
      }
      const { visible, inFlight } = await requests.depth();
      const dead = (await (await queues.open(requests.deadLetterQueue)).depth()).visible;
      const message = `All four are there; ${visible} photos wait, ${inFlight} are in hand, ${dead} were given up.`;
      return dead === 0
        ? ok(message)
        : warning(message, 'The log of the workers says why; facefleet purge queues clears them.');
    },
  };
}
