import { Command, type Option } from 'commander';

import type { ServiceSetting } from '../http/service-facts.ts';
import { columns } from './columns.ts';
import { settingInForce } from './settings-in-force.ts';

/** A setting in force, and the commands that know it. */
interface KnownInForce extends ServiceSetting {
  readonly commands: readonly string[];
}

/** `facefleet config`, which takes every setting of the other commands. */
export function configCommand(others: readonly Command[]): Command {
  const settings = settingsOf(others);
  const command = new Command('config')
    .description('show every setting, its value and where that comes from')
    .option('--json', 'as JSON')
    .action(({ json }: { json?: true }) => {
      const inForce = settings.map(({ option, commands }) =>
        Object.assign(settingInForce(command, option), { commands }),
      );
      process.stdout.write(json ? `${JSON.stringify(inForce, null, 2)}\n` : table(inForce));
    });
  for (const { option } of settings) command.addOption(option);
  return command;
}

interface KnownSetting {
  readonly option: Option;
  readonly commands: string[];
}

/** The options that have a variable, each once, in the order in which the commands tell them. */
function settingsOf(commands: readonly Command[]): KnownSetting[] {
  const settings = new Map<string, KnownSetting>();
  const visit = (command: Command, path: string): void => {
    for (const option of command.options) {
      if (option.envVar === undefined) continue;
      const known = settings.get(option.attributeName());
      if (known === undefined) settings.set(option.attributeName(), { option, commands: [path] });
      else known.commands.push(path);
    }
    for (const child of command.commands) visit(child, `${path} ${child.name()}`);
  };
  for (const command of commands) visit(command, command.name());
  return [...settings.values()];
}

/** Which commands know a setting, only `--json` tells: it would break the lines of a terminal. */
function table(settings: readonly KnownInForce[]): string {
  const rows = settings.map(({ flag, env, value, source }) => [
    flag,
    value === null ? '(not set)' : String(value),
    { flag, environment: env, default: 'default' }[source],
    env,
  ]);
  return columns([['SETTING', 'VALUE', 'FROM', 'VARIABLE'], ...rows])
    .map((line) => `${line}\n`)
    .join('');
}
