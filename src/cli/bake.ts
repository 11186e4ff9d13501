import { Command } from 'commander';

import { NAME_SETTINGS, text, withSettings } from '../config.ts';
import { atFleet, type FleetConfig, imageId } from './fleet-site.ts';

interface BakeConfig extends FleetConfig {
  readonly imageId: string;
  readonly imageName?: string;
  readonly nodeDist: string;
}

export function bakeCommand(): Command {
  const command = new Command('bake')
    .description(
      'make an image for the instances of a fleet, this checkout on a stock image, and print its id',
    )
    .requiredOption('--image-id <ami>', 'the stock image: Amazon Linux, Debian, Ubuntu, …', imageId)
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

/** Its only word on the standard output is the image's id, for a script to catch. */
const tell = (what: string): boolean => process.stderr.write(`${what}\n`);

async function run({ imageName, nodeDist, ...config }: BakeConfig): Promise<void> {
  const { bake } = await import('../provision/bake.ts');
  const { packCheckout } = await import('../provision/package-upload.ts');
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  process.once('SIGTERM', interrupt);
  const bakeIt = async (site: Parameters<typeof bake>[0]): Promise<void> => {
    const image = await bake(
      site,
      {
        imageId: config.imageId,
        pack: packCheckout,
        name: imageName ?? `${config.name} ${new Date().toISOString().replaceAll(':', '.')}`,
        nodeVersion: process.version,
        nodeDist,
      },
      { tell, signal: interruption.signal },
    );
    tell(
      `${image} is ready; next: facefleet roll --name ${config.name} --image-id ${image}, ` +
        'or facefleet provision with that id where there is no instance yet',
    );
    process.stdout.write(`${image}\n`);
  };
  await atFleet(config, bakeIt, interrupt);
}
