import { Command } from 'commander';

import { FacefleetError } from '../bus/errors.ts';
import { NAME_SETTINGS, withSettings } from '../config.ts';
import type { Site } from '../provision/site.ts';
import { confirm } from './confirm.ts';
import { atFleet, deadLetterQueueOption, type FleetConfig } from './fleet-site.ts';

/** Thrown when something of a fleet could not be removed. */
class NotAllRemovedError extends FacefleetError {
  readonly code = 'not_all_removed';
}

type DeprovisionConfig = FleetConfig & { readonly yes?: true };

export function deprovisionCommand(): Command {
  const command = new Command('deprovision')
    .description("delete everything on AWS that carries the fleet's tag, and nothing else")
    .addOption(deadLetterQueueOption())
    .option('--yes', 'do not ask first')
    .action((config: DeprovisionConfig) => atFleet(config, (site) => run(site, config)));
  return withSettings(command, NAME_SETTINGS);
}

async function run(site: Site, { name, yes }: DeprovisionConfig): Promise<void> {
  const { deprovision, inventory } = await import('../provision/deprovision.ts');
  const found = await inventory(site);
  if (found.length === 0) {
    process.stdout.write(`Nothing carries the tag facefleet:fleet=${name} here.\n`);
    return;
  }
  const told = [
    `Everything with the tag facefleet:fleet=${name} is deleted, for good:`,
    ...found.map(({ kind, names }) => `  ${kind.title} (${names.length}): ${names.join(', ')}`),
  ].join('\n');
  if (yes) process.stdout.write(`${told}\n\n`);
  else await confirm(told, 'Delete it all?');
  const leftovers = await deprovision(found, (what) => process.stdout.write(`${what}\n`));
  if (leftovers.length > 0) {
    throw new NotAllRemovedError(
      leftovers.map(({ name, reason }) => `${name} is left: ${reason}`).join('\n'),
    );
  }
  process.stdout.write(`Nothing of the fleet ${name} is left.\n`);
}
