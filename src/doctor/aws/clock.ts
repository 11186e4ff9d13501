import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';

import { answerTo } from '../../adapters/aws/errors.ts';
import type { Site } from '../../provision/site.ts';
import { type Check, failed, ok, warning } from '../check.ts';

/** AWS refuses what is signed by a clock that is five minutes off. */
const REFUSED_S = 300;
const SUSPICIOUS_S = 30;

/** Whether this machine's clock agrees with AWS's. */
export function clockCheck({ clients, clock }: Site): Check {
  return {
    name: 'clock',
    async look() {
      const skew = Math.round((clock.now() - (await dateOf(clients.sts))) / 1000);
      const message = `This machine's clock is ${Math.abs(skew)} s ${skew < 0 ? 'behind' : 'ahead of'} AWS's.`;
      const mend = 'Set it right, for example with chrony.';
      if (Math.abs(skew) >= REFUSED_S) return failed(message, mend);
      return Math.abs(skew) >= SUSPICIOUS_S ? warning(message, mend) : ok(message);
    },
  };
}

/** When AWS answered, in milliseconds since the Unix epoch, by its own clock. */
async function dateOf(sts: Site['clients']['sts']): Promise<number> {
  const command = new GetCallerIdentityCommand({});
  let date = '';
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers = {} } = result.response as { headers?: Record<string, string> };
      date = headers['date'] ?? '';
      return result;
    },
    { step: 'deserialize', name: 'dateOfAnswer' },
  );
  await answerTo(
    { action: 'sts:GetCallerIdentity', resource: 'these credentials' },
    sts.send(command),
  );
  return Date.parse(date);
}
