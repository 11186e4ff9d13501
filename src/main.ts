import { sayLastWords } from './adapters/local/last-words.ts';
import { FacefleetError } from './bus/errors.ts';
import { facefleetProgram } from './cli/program.ts';
import { RecognitionError } from './recognition/errors.ts';

const program = facefleetProgram();
const names = program.commands.map((command) => command.name());

/** As a shell tells that SIGPIPE ended a program; Node takes no notice of that signal. */
const ENDED_BY_SIGPIPE = 141;

// Whoever reads the output has seen enough, as `head` has: the rest is for nobody.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(ENDED_BY_SIGPIPE);
  throw error;
});
process.on('uncaughtExceptionMonitor', ({ message }) => sayLastWords(message));

try {
  const [name = ''] = process.argv.slice(2);
  const isUnknown = /^[^-]/.test(name) && !['help', ...names].includes(name);
  // Commander would answer an unknown command that has --help behind it with the help of all.
  await (isUnknown ? program.parseAsync([name], { from: 'user' }) : program.parseAsync());
} catch (error) {
  // What we have a name for is the caller's to mend; anything else is a bug, and keeps its stack.
  const isNamed = error instanceof FacefleetError || error instanceof RecognitionError;
  process.stderr.write(`facefleet: ${isNamed ? error.message : (error as Error).stack}\n`);
  sayLastWords((error as Error).message);
  process.exit(1);
}
