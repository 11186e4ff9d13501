import { Command, Option } from 'commander';

import { CAP, integer, NAME_SETTINGS, withSettings } from '../config.ts';
import { atFleet, type FleetConfig, imageId } from './fleet-site.ts';

interface RollConfig extends FleetConfig {
  readonly imageId: string;
  readonly wave: number;
}

export function rollCommand(): Command {
  const command = new Command('roll')
    .description(
      'replace the instances of a fleet by those of another image, while it works; safe to run again',
    )
    .requiredOption('--image-id <ami>', 'the other image, as facefleet bake makes', imageId)
    .addOption(
      new Option('--wave <count>', 'instances that are replaced at a time')
        .default(3)
        .argParser(integer(1, CAP)),
    )
    .action((config: RollConfig) =>
      atFleet(config, async (site) => {
        const { roll } = await import('../provision/roll.ts');
        await roll(site, config, (what) => process.stdout.write(`${what}\n`));
        process.stdout.write(`Every instance of ${config.name} is of ${config.imageId}.\n`);
      }),
    );
  return withSettings(command, NAME_SETTINGS);
}
