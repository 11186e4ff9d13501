import { Command } from 'commander';

import { NAME_SETTINGS, text, withSettings } from '../config.ts';
import { atFleet, type FleetConfig } from './fleet-site.ts';

interface BakeConfig extends FleetConfig {
  readonly imageId: string;
  readonly imageName?: string;
  readonly nodeDist: string;
}

export function bakeCommand(): Command {
  const command = new Command('bake')
    .description('make an image for the instances of a fleet: this checkout on a stock image')
    .requiredOption('--image-id <ami>', 'the stock image: Amazon Linux, Debian, Ubuntu, …', text)
    .option('--image-name <name>', 'of the image that is made; NAME and the time unless set', text)
    .option(
      '--node-dist <url>',
      'where builds of Node are fetched from',
      text,
      'https://nodejs.org/dist',
    )
    .action(run);
  return withSettings(command, NAME_SETTINGS);
}

async function run({ imageId, imageName, nodeDist, ...config }: BakeConfig): Promise<void> {
  const { bake } = await import('../provision/bake.ts');
  const { packCheckout } = await import('../provision/package-upload.ts');
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  process.once('SIGTERM', interrupt);
  const bakeIt = async (site: Parameters<typeof bake>[0]): Promise<void> => {
    const image = await bake(
      site,
      {
        imageId,
        pack: packCheckout,
        name: imageName ?? `${config.name} ${new Date().toISOString().replaceAll(':', '.')}`,
        nodeVersion: process.version,
        nodeDist,
      },
      { tell: (what) => process.stdout.write(`${what}\n`), signal: interruption.signal },
    );
    process.stdout.write(
      `${image} is ready. Use it: facefleet roll --image-id ${image}, ` +
        `or provision for a fleet without instances.\n`,
    );
  };
  await atFleet(config, bakeIt, interrupt);
}
