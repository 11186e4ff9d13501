import { Command } from 'commander';

import { packageJson } from '../package-json.ts';
import { bakeCommand } from './bake.ts';
import { configCommand } from './config.ts';
import { controllerCommand } from './controller.ts';
import { deprovisionCommand } from './deprovision.ts';
import { doctorCommand } from './doctor.ts';
import { enrollCommand } from './enroll.ts';
import { fleetCommand } from './fleet.ts';
import { keysCommand } from './keys.ts';
import { peopleCommand } from './people.ts';
import { provisionCommand } from './provision.ts';
import { purgeCommand } from './purge.ts';
import { replayCommand } from './replay.ts';
import { rollCommand } from './roll.ts';
import { scalingCommand } from './scaling.ts';
import { systemdCommand } from './systemd.ts';
import { upCommand } from './up.ts';
import { webCommand } from './web.ts';
import { workerCommand } from './worker.ts';

/** `facefleet` with all its commands. */
export function facefleetProgram(): Command {
  const program = new Command('facefleet')
    .description(packageJson.description)
    .version(packageJson.version)
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
  return program;
}
