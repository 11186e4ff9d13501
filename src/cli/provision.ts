import { Command, Option } from 'commander';

import { CAP, integer, NAME_SETTINGS, text, withSettings } from '../config.ts';
import type { Plan } from '../provision/provision.ts';
import type { Site } from '../provision/site.ts';
import { confirm } from './confirm.ts';
import { atFleet, deadLetterQueueOption, type FleetConfig, imageId } from './fleet-site.ts';

interface ProvisionConfig extends FleetConfig {
  readonly imageId: string;
  readonly count: number;
  readonly instanceType: string;
  readonly subnetId?: string;
  readonly photoDays?: number;
  readonly dryRun?: true;
  readonly yes?: true;
}

export function provisionCommand(): Command {
  const command = new Command('provision')
    .description('make all that a fleet on AWS needs, and its instances; safe to run again')
    .requiredOption(
      '--image-id <ami>',
      'image with facefleet in it, as facefleet bake makes',
      imageId,
    )
    .addOption(
      new Option('--count <count>', 'instances that the fleet is to have')
        .default(CAP)
        .argParser(integer(0, 1000)),
    )
    .option('--instance-type <type>', 'what they are', text, 't3.small')
    .option('--subnet-id <id>', 'where they are; the default VPC unless set', text)
    .addOption(
      new Option(
        '--photo-days <days>',
        'days after which photos and results expire; 30, or as they are, unless set',
      ).argParser(integer(1, 3650)),
    )
    .addOption(deadLetterQueueOption())
    .option('--dry-run', 'show what would be made and what it costs, and make nothing')
    .option('--yes', 'do not ask first')
    .action((config: ProvisionConfig) => atFleet(config, (site) => run(site, config)));
  return withSettings(command, NAME_SETTINGS);
}

async function run(site: Site, config: ProvisionConfig): Promise<void> {
  const { planFleet, provision } = await import('../provision/provision.ts');
  const plan = await planFleet(site, config);
  const told = (await planLines(site, plan)).join('\n');
  if (config.dryRun) {
    process.stdout.write(`${told}\nNothing was made: this was a dry run.\n`);
    return;
  }
  if (config.yes) process.stdout.write(`${told}\n\n`);
  else await confirm(told, 'Make it?');
  await provision(site, plan, (what) => process.stdout.write(`${what}\n`));
  process.stdout.write(
    `The fleet ${config.name} has all that it needs, and ${counted(Math.max(config.count, plan.have))}.\n`,
  );
}

/** What would be made, and what it costs. */
async function planLines({ names }: Site, { wish, ground, steps, have }: Plan): Promise<string[]> {
  const { costOf } = await import('../provision/cost.ts');
  const { count } = wish;
  const missing = Math.max(0, count - have);
  return [
    `fleet ${names.fleet} in account ${ground.account}, region ${ground.region}`,
    '',
    ...steps.map(({ resource, isThere }) => `  ${isThere ? 'keep' : 'make'}  ${resource.title}`),
    `        photos and results expire after ${wish.photoDays} days`,
    ...(have > 0 ? [`  keep  ${counted(have)}`] : []),
    ...(missing > 0 ? [`  make  ${counted(missing)}, ${wish.instanceType}`] : []),
    '',
    ...costOf({ ...wish, ...ground, count: Math.max(count, have) }),
  ];
}

const counted = (instances: number): string =>
  instances === 1 ? '1 instance' : `${instances === 0 ? 'no' : instances} instances`;
