import type { Command, Option } from 'commander';

import { isSecret } from '../config.ts';
import type { ServiceSetting } from '../http/service-facts.ts';

const HIDDEN = '(hidden)';

const SOURCES: Readonly<Record<string, ServiceSetting['source']>> = {
  cli: 'flag',
  env: 'environment',
};

/** A setting of a command that was called. */
export function settingInForce(command: Command, option: Option): ServiceSetting {
  const name = option.attributeName();
  const value = command.getOptionValue(name) as string | number | undefined;
  return {
    flag: option.long ?? '',
    takes: /<(.+)>/.exec(option.flags)?.[1] ?? '',
    env: option.envVar ?? '',
    value: value !== undefined && isSecret(name) ? HIDDEN : (value ?? null),
    source: SOURCES[command.getOptionValueSource(name) ?? ''] ?? 'default',
    description: option.description,
  };
}

/** All settings of a command that was called; options without a variable are none. */
export const settingsInForce = (command: Command): ServiceSetting[] =>
  command.options
    .filter(({ envVar }) => envVar !== undefined)
    .map((option) => settingInForce(command, option));
