import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';

import { type Command, InvalidArgumentError, Option } from 'commander';

import { policies, type PolicyName } from './machines/scaling/policies.ts';
import { MAX_HIDDEN_SECONDS } from './machines/worker-steps.ts';
import { packageRoot } from './package-root.ts';

/** One setting: a flag, else an environment variable, else a default. */
interface Setting<T> {
  readonly flag: string;
  readonly env: string;
  readonly default: T;
  readonly description: string;
  /** Whether the value must not be shown. */
  readonly secret?: true;
  /** Reads the text of the flag or the variable; throws InvalidArgumentError with what is wanted. */
  readonly parse: (text: string) => T;
}

const setting = <T>(value: Setting<T>): Setting<T> => value;

const text = (value: string): string => {
  if (value.trim() === '') throw new InvalidArgumentError('It must not be empty.');
  return value;
};
const path = (value: string): string => resolve(text(value));

const integer =
  (min: number, max: number) =>
  (value: string): number => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < min || number > max) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    }
    return number;
  };

const oneOf =
  <T extends string>(...choices: readonly T[]) =>
  (value: string): T => {
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) {
      throw new InvalidArgumentError(`It must be one of ${choices.join(', ')}.`);
    }
    return choice;
  };

/** The mission's cap on instances. */
const CAP = 19;

/** Every setting of facefleet. A property's name is its flag in camel case. */
const settings = {
  host: setting({
    flag: '--host <address>',
    env: 'HOST',
    default: '127.0.0.1',
    description: 'address that the web tier listens on',
    parse: text,
  }),
  port: setting({
    flag: '--port <number>',
    env: 'PORT',
    default: 8000,
    description: 'port that the web tier listens on; 0 picks a free one',
    parse: integer(0, 65_535),
  }),
  dataDir: setting({
    flag: '--data-dir <folder>',
    env: 'FACEFLEET_DATA_DIR',
    default: resolve('data'),
    description: 'folder of the queues, the buckets and the gallery',
    parse: path,
  }),
  modelsDir: setting({
    flag: '--models-dir <folder>',
    env: 'FACEFLEET_MODELS_DIR',
    default: join(packageRoot, 'models'),
    description: 'folder of manifest.json and the .onnx files',
    parse: path,
  }),
  embedder: setting({
    flag: '--embedder <id>',
    env: 'FACEFLEET_EMBEDDER',
    default: 'mobilefacenet',
    description: 'embedding model, by its id in the manifest',
    parse: text,
  }),
  minInstances: setting({
    flag: '--min-instances <count>',
    env: 'FACEFLEET_MIN_INSTANCES',
    default: 0,
    description: 'instances that run even when there is nothing to do',
    parse: integer(0, CAP),
  }),
  maxInstances: setting({
    flag: '--max-instances <count>',
    env: 'FACEFLEET_MAX_INSTANCES',
    default: Math.min(availableParallelism(), CAP),
    description: "instances that run at most; the machine's cores unless set",
    parse: integer(0, CAP),
  }),
  policy: setting<PolicyName>({
    flag: '--policy <name>',
    env: 'FACEFLEET_POLICY',
    default: 'one-per-message',
    description: `scaling policy: ${Object.keys(policies).join(' or ')}`,
    parse: oneOf(...(Object.keys(policies) as PolicyName[])),
  }),
  slots: setting({
    flag: '--slots <count>',
    env: 'FACEFLEET_SLOTS',
    default: 2,
    description: 'photos that one worker has in hand at a time',
    parse: integer(1, 10),
  }),
  visibilityTimeout: setting({
    flag: '--visibility-timeout <seconds>',
    env: 'FACEFLEET_VISIBILITY_TIMEOUT',
    default: 30,
    description: 'how long a photo in hand is hidden from other workers',
    parse: integer(1, MAX_HIDDEN_SECONDS),
  }),
  deadline: setting({
    flag: '--deadline <seconds>',
    env: 'FACEFLEET_DEADLINE',
    default: 60,
    description: 'how long an upload waits for its answer',
    parse: integer(1, 3600),
  }),
  maxQueueDepth: setting({
    flag: '--max-queue-depth <count>',
    env: 'FACEFLEET_MAX_QUEUE_DEPTH',
    default: 10_000,
    description: 'photos that may wait to be recognised; more are refused until there is room',
    parse: integer(1, 1_000_000),
  }),
  adminKey: setting<string | undefined>({
    flag: '--admin-key <key>',
    env: 'FACEFLEET_ADMIN_KEY',
    secret: true,
    default: undefined,
    description:
      'what admin acts over HTTP need; without one they need a server that listens on this machine only. ' +
      'Better set by the variable, for other users can see flags',
    parse: text,
  }),
  logLevel: setting({
    flag: '--log-level <level>',
    env: 'FACEFLEET_LOG_LEVEL',
    default: 'info',
    description: 'least severe log lines to write: debug, info, warn, error or silent',
    parse: oneOf('debug', 'info', 'warn', 'error', 'silent'),
  }),
};

type Settings = typeof settings;
export type SettingName = keyof Settings;

/** The values of the named settings. */
export type Config<Name extends SettingName> = {
  readonly [N in Name]: ReturnType<Settings[N]['parse']>;
};

/** Adds the named settings to a command, whose action then gets them as its options. */
export function withSettings(command: Command, names: readonly SettingName[]): Command {
  for (const name of names) {
    const { flag, env, default: value, description, parse } = settings[name];
    command.addOption(
      new Option(flag, description)
        .env(env)
        .default(value)
        .argParser<string | number | undefined>(parse),
    );
  }
  return command;
}

/** Whether the value of the setting with that name must not be shown. */
export const isSecret = (name: string): boolean =>
  Object.entries<Setting<unknown>>(settings).some(
    ([key, { secret }]) => key === name && secret === true,
  );

/** The flags that give a child process the same settings. */
export function settingFlags<Name extends SettingName>(
  names: readonly Name[],
  config: Config<Name>,
): string[] {
  return names.flatMap((name) => [settings[name].flag.split(' ')[0] ?? '', String(config[name])]);
}
