import type { Command, Option } from 'commander';

import { isSecret } from '../config.ts';

/** A setting as it is in force. */
export interface SettingInForce {
  readonly flag: string;
  readonly env: string;
  /** Null when it is not set; a secret only says that it is. */
  readonly value: string | number | null;
  readonly source: 'flag' | 'environment' | 'default';
  readonly description: string;
}

const HIDDEN = '(hidden)';

const SOURCES: Readonly<Record<string, SettingInForce['source']>> = {
  cli: 'flag',
  env: 'environment',
};

/** A setting of a command that was called. */
export function settingInForce(command: Command, option: Option): SettingInForce {
  const name = option.attributeName();
  const value = command.getOptionValue(name) as string | number | undefined;
  return {
    flag: option.long ?? '',
    env: option.envVar ?? '',
    value: value !== undefined && isSecret(name) ? HIDDEN : (value ?? null),
    source: SOURCES[command.getOptionValueSource(name) ?? ''] ?? 'default',
    description: option.description,
  };
}

/** All settings of a command that was called; options without a variable are none. */
export const settingsInForce = (command: Command): SettingInForce[] =>
  command.options
    .filter(({ envVar }) => envVar !== undefined)
    .map((option) => settingInForce(command, option));
