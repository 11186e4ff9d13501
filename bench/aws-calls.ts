import type { AwsWorld } from '../src/adapters/aws/world.ts';

/** The calls of one process to AWS, counted by what was called. */
export interface CallCount {
  /** By command, such as `SendMessageBatch`; those to the gallery's bucket under `gallery`. */
  readonly byCommand: ReadonlyMap<string, number>;
  /** Calls for photos: all but those to the gallery's bucket, which go on by the clock. */
  readonly forPhotos: () => number;
  reset(): void;
}

/** Counts what a world's clients send, retries not included. */
export function countCalls({ clients, galleryBucket }: AwsWorld): CallCount {
  const byCommand = new Map<string, number>();
  const note = (commandName: string, input: object): void => {
    const isGallery = 'Bucket' in input && input.Bucket === galleryBucket.name;
    const name = isGallery ? 'gallery' : commandName.replace(/Command$/, '');
    byCommand.set(name, (byCommand.get(name) ?? 0) + 1);
  };
  clients.sqs.middlewareStack.add(noting(note), { step: 'initialize' });
  clients.s3.middlewareStack.add(noting(note), { step: 'initialize' });
  return {
    byCommand,
    forPhotos: () =>
      [...byCommand].reduce((sum, [name, count]) => (name === 'gallery' ? sum : sum + count), 0),
    reset: () => byCommand.clear(),
  };
}

/** Middleware of the SDK that tells of each command. */
const noting =
  (note: (commandName: string, input: object) => void) =>
  <Arguments extends { input: object }, Answer>(
    next: (args: Arguments) => Promise<Answer>,
    { commandName = '' }: { commandName?: string },
  ) =>
  (args: Arguments): Promise<Answer> => {
    note(commandName, args.input);
    return next(args);
  };
