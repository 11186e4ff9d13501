import { Argument, Command, Option } from 'commander';

import {
  ENVIRONMENT_FILE,
  installServices,
  type Target,
  uninstallServices,
} from '../systemd/install.ts';
import { type Part, PARTS, unitOf } from '../systemd/services.ts';

const rootOption = (): Option =>
  new Option('--root <folder>', 'root folder of an image that is being built, not of this system');

export function systemdCommand(): Command {
  const install = new Command('install')
    .description('start parts of facefleet by systemd, now and at each boot')
    .addArgument(new Argument('<part...>', 'which parts').choices(PARTS))
    .addOption(rootOption())
    .action(async (parts: Part[], target: Target) => {
      await installServices(parts, target);
      const units = parts.map(unitOf).join(', ');
      process.stdout.write(
        `${units} ${parts.length === 1 ? 'starts' : 'start'} at each boot. ` +
          `Settings: ${ENVIRONMENT_FILE}. Log: journalctl -u 'facefleet-*'\n`,
      );
    });
  const uninstall = new Command('uninstall')
    .description('drain and stop the parts that systemd runs, and start them no more')
    .addOption(rootOption())
    .action(async (target: Target) => {
      await uninstallServices(target);
      process.stdout.write(
        `No part is started by systemd. Settings and data are left as they are.\n`,
      );
    });
  return new Command('systemd')
    .description('run parts of facefleet as systemd services')
    .addCommand(install)
    .addCommand(uninstall);
}
