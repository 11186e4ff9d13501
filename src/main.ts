import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Command } from 'commander';

import { sayLastWords } from './adapters/local/last-words.ts';
import { FacefleetError } from './bus/errors.ts';
import { bakeCommand } from './cli/bake.ts';
import { configCommand } from './cli/config.ts';
import { controllerCommand } from './cli/controller.ts';
import { deprovisionCommand } from './cli/deprovision.ts';
import { doctorCommand } from './cli/doctor.ts';
import { enrollCommand } from './cli/enroll.ts';
import { fleetCommand } from './cli/fleet.ts';
import { keysCommand } from './cli/keys.ts';
import { peopleCommand } from './cli/people.ts';
import { provisionCommand } from './cli/provision.ts';
import { purgeCommand } from './cli/purge.ts';
import { replayCommand } from './cli/replay.ts';
import { rollCommand } from './cli/roll.ts';
import { scalingCommand } from './cli/scaling.ts';
import { systemdCommand } from './cli/systemd.ts';
import { upCommand } from './cli/up.ts';
import { webCommand } from './cli/web.ts';
import { workerCommand } from './cli/worker.ts';
import { packageRoot } from './package-root.ts';
import { RecognitionError } from './recognition/errors.ts';

const { version, description } = JSON.parse(
  readFileSync(join(packageRoot, 'package.json'), 'utf8'),
) as { version: string; description: string };

const program = new Command('facefleet')
  .description(description)
  .version(version)
  .addCommand(upCommand())
  .addCommand(webCommand())
  .addCommand(workerCommand())
  .addCommand(controllerCommand())
  .addCommand(fleetCommand())
  .addCommand(replayCommand())
  .addCommand(scalingCommand())
  .addCommand(enrollCommand())
  .addCommand(peopleCommand())
  .addCommand(keysCommand())
  .addCommand(purgeCommand())
  .addCommand(provisionCommand())
  .addCommand(deprovisionCommand())
  .addCommand(bakeCommand())
  .addCommand(rollCommand())
  .addCommand(systemdCommand())
  .addCommand(doctorCommand());
program.addCommand(configCommand(program.commands));
const names = program.commands.map((command) => command.name());

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
