import { Command, Option } from 'commander';

import { CAP, integer, NAME_SETTINGS, text, withSettings } from '../config.ts';
import { atFleet, type FleetConfig } from './fleet-site.ts';

interface RollConfig extends FleetConfig {
  readonly imageId: string;
  readonly wave: number;
}

export function rollCommand(): Command {
  const command = new Command('roll')
    .description(
      'replace the instances of a fleet by those of another image, while it works; safe to run again',
    )
    .requiredOption('--image-id <ami>', 'the other image, as facefleet bake makes', text)
    .addOption(
      new Option('--wave <count>', 'instances that are replaced at a time')
        .default(3)
        .argParser(integer(1, CAP)),
    )
    .action(({ imageId, wave, ...config }: RollConfig) =>
      atFleet(config, async (site) => {
        const { roll } = await import('../provision/roll.ts');
        await roll(site, { imageId, wave }, (what) => process.stdout.write(`${what}\n`));
        process.stdout.write(`Every instance of ${config.name} is of ${imageId}.\n`);
      }),
    );
  return withSettings(command, NAME_SETTINGS);
}
