import { InvalidArgumentError, Option } from 'commander';

import { FacefleetError } from '../bus/errors.ts';
import { type Config, type NAME_SETTINGS, text } from '../config.ts';
import type { Site } from '../provision/site.ts';
import { namesOf } from '../roles/world.ts';

export type FleetConfig = Config<(typeof NAME_SETTINGS)[number]> & {
  readonly deadLetterQueue?: string;
};

/** Thrown when a command on a fleet ended before it was done; it says which command is next. */
class UnfinishedError extends FacefleetError {
  readonly code: string;

  constructor(cause: FacefleetError, next: string) {
    super(`${cause.message}\nnext: ${next}`, { cause });
    this.code = cause.code;
  }
}

export const deadLetterQueueOption = (): Option =>
  new Option(
    '--dead-letter-queue <name>',
    'name of the dead-letter queue; NAME-dead-letter-queue unless set',
  ).argParser(text);

/** Reads the id of an image. What a shell variable should have held is missed most often. */
export const imageId = (value: string): string => {
  if (!/^ami-[0-9a-f]+$/.test(value)) {
    throw new InvalidArgumentError("An image's id is like ami-0123456789abcdef0.");
  }
  return value;
};

/**
 * Opens the place of the fleet that the settings name, and closes it after `act`.
 * @param onInterrupt - what Ctrl-C does; it ends the process unless told otherwise
 */
export async function atFleet(
  { deadLetterQueue, ...config }: FleetConfig,
  act: (site: Site) => Promise<void>,
  onInterrupt: () => void = interrupted,
): Promise<void> {
  // Four more parts of the AWS SDK, which no other command needs.
  const { openSite } = await import('../provision/site.ts');
  const site = openSite({
    ...namesOf(config),
    fleet: config.name,
    deadLetterQueue: deadLetterQueue ?? `${config.name}-dead-letter-queue`,
  });
  process.once('SIGINT', onInterrupt);
  try {
    await act(site);
  } catch (error) {
    // Who did not say yes knows what comes next.
    if (!(error instanceof FacefleetError) || error.code === 'not_confirmed') throw error;
    const { next, flag } = error as { next?: string; flag?: string };
    throw new UnfinishedError(error, next ?? [sameCommand(), ...(flag ? [flag] : [])].join(' '));
  } finally {
    process.off('SIGINT', onInterrupt);
    site.close();
  }
}

/** What is half done at Ctrl-C is gone on with by the same command. */
function interrupted(): void {
  process.stderr.write(`facefleet: interrupted\nnext: ${sameCommand()}\n`);
  process.exit(130);
}

const sameCommand = (): string => ['facefleet', ...process.argv.slice(2)].map(quoted).join(' ');

/** A word of the shell that stands for itself. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
