import { Argument, Command } from 'commander';
import { z } from 'zod';

import { type Config, withSettings } from '../config.ts';
import type { Purgeable } from '../machines/web-tier.ts';
import { confirm } from './confirm.ts';
import { askService, urlOption } from './service-client.ts';

type PurgeOptions = Config<'adminKey'> & { readonly url: string; readonly yes?: true };

const LOSSES: Readonly<Record<Purgeable, string>> = {
  queues:
    'Every photo that waits, is in hand or was given up leaves the queues. Clients that wait are told to send it again.',
  buckets:
    'Every photo in the input bucket and every result in the output bucket is erased, in every version. The gallery stays.',
};

/** Every version of every photo takes its time. */
const PATIENCE_MS = 600_000;

export function purgeCommand(): Command {
  const command = new Command('purge')
    .description('empty the queues or the buckets of a running service, for good')
    .addArgument(new Argument('<what>', 'what to empty').choices(['queues', 'buckets']))
    .addOption(urlOption())
    .option('--yes', 'do not ask first')
    .action(run);
  return withSettings(command, ['adminKey']);
}

async function run(what: Purgeable, { url, yes, adminKey }: PurgeOptions): Promise<void> {
  if (!yes) await confirm(LOSSES[what], `Purge the ${what}?`);
  await askService(url, '/v1/admin/purge', z.object({ purged: z.literal(what) }), {
    patienceMs: PATIENCE_MS,
    method: 'POST',
    body: JSON.stringify({ what }),
    headers: {
      'content-type': 'application/json',
      ...(adminKey !== undefined && { authorization: `Bearer ${adminKey}` }),
    },
  });
  process.stdout.write(`The ${what} are empty.\n`);
}
