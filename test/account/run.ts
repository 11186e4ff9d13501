import { fileURLToPath } from 'node:url';

import { Command, InvalidArgumentError, Option } from 'commander';
import { startVitest } from 'vitest/node';

import { openClients } from '../../src/adapters/aws/clients.ts';
import { FacefleetError } from '../../src/bus/errors.ts';
import { confirm } from '../../src/cli/confirm.ts';
import { type Made, madeBy, remove, runPrefix } from './own.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Instances come up and go down as many times as the contract of a fleet wants. */
const TEST_TIMEOUT_MS = 900_000;

interface Options {
  readonly prefix: string;
  readonly imageId?: string;
  readonly instanceType: string;
  readonly standIn?: 'moto';
  readonly yes?: true;
}

const command = new Command('test:aws:account')
  .description(
    "Runs the contract suites against the AWS account that the SDK's own variables name, and removes\n" +
      'what they made. Queues and buckets cost cents; instances, only with --image-id, a little more.',
  )
  .requiredOption('--prefix <prefix>', 'what the names of everything begin with', prefix)
  .option('--image-id <ami>', 'also run the suite of the fleet, on some 15 instances of this image')
  .option('--instance-type <type>', 'of these instances', 't3.micro')
  .addOption(new Option('--stand-in <name>', 'what answers is not AWS itself').choices(['moto']))
  .option('--yes', 'do not ask first')
  .action(run);

try {
  await command.parseAsync();
} catch (error) {
  if (!(error instanceof FacefleetError)) throw error;
  command.error(error.message);
}

function prefix(value: string): string {
  if (/^[a-z][a-z0-9-]{2,29}$/.test(value)) return value;
  throw new InvalidArgumentError('It must be 3 to 30 small letters, digits and hyphens.');
}

async function run(options: Options): Promise<void> {
  const own = runPrefix(options.prefix);
  const clients = openClients();
  const region = await clients.sqs.config.region();
  const { hostname } = (await clients.sqs.config.endpoint?.()) ?? { hostname: 'AWS' };
  if (!options.yes) {
    const instances = options.imageId === undefined ? '' : ', instances';
    await confirm(
      `Queues${instances} and a bucket called ${own}… are made in the region ${region} (${hostname}), ` +
        'and removed at the end.',
      'Go on?',
    );
  }
  Object.assign(process.env, {
    AWS_REGION: region,
    FACEFLEET_TEST_PREFIX: own,
    FACEFLEET_TEST_IMAGE: options.imageId ?? '',
    FACEFLEET_TEST_INSTANCE_TYPE: options.instanceType,
    FACEFLEET_TEST_STAND_IN: options.standIn ?? '',
  });
  try {
    const vitest = await startVitest('test', [], {
      root: ROOT,
      watch: false,
      include: ['test/account/*.account.ts'],
      testTimeout: TEST_TIMEOUT_MS,
      hookTimeout: TEST_TIMEOUT_MS,
    });
    await vitest.close();
  } finally {
    const made = await madeBy(own, clients);
    await remove(made, clients);
    process.stdout.write(
      `Removed: ${counts(made)}. Left: ${counts(await madeBy(own, clients))}.\n`,
    );
    clients.destroy();
  }
}

function counts(made: Made): string {
  return Object.entries(made)
    .map(([kind, names]: [string, readonly string[]]) => `${names.length} ${kind}`)
    .join(', ');
}
