import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';

import { type Command, InvalidArgumentError, Option } from 'commander';

import { policies, type PolicyName } from './machines/scaling/policies.ts';
import { MAX_HIDDEN_SECONDS } from './machines/worker-setup.ts';
import { packageRoot } from './package-root.ts';

/** One setting: a flag, else an environment variable, else a default. */
interface Setting<T> {
  readonly flag: string;
  readonly env: string;
  readonly default: T;
  /** The default on AWS where it is another one. */
  readonly awsDefault?: T;
  readonly description: string;
  /** Whether the value must not be shown. */
  readonly secret?: true;
  /** Reads the text of the flag or the variable; throws InvalidArgumentError with what is wanted. */
  readonly parse: (text: string) => T;
}

const setting = <T>(value: Setting<T>): Setting<T> => value;

export const text = (value: string): string => {
  if (value.trim() === '') throw new InvalidArgumentError('It must not be empty.');
  return value;
};
const path = (value: string): string => resolve(text(value));

/** Reads a whole number from `min` to `max`. */
export const integer =
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

/** The name of one AWS resource, which follows from the fleet's name unless it is set. */
const resource = (what: string, suffix: string): Setting<string | undefined> => ({
  flag: `--${what} <name>`,
  env: `FACEFLEET_${what.replaceAll('-', '_').toUpperCase()}`,
  default: undefined,
  description: `on AWS: name of the ${what.replace('-', ' ')}; NAME-${suffix} unless set`,
  parse: text,
});

/** The mission's cap on instances. */
export const CAP = 19;

/** Every setting of facefleet. A property's name is its flag in camel case. */
const settings = {
  world: setting<'local' | 'aws'>({
    flag: '--world <world>',
    env: 'FACEFLEET_WORLD',
    default: 'local',
    description: 'what carries queues, buckets and instances: local (this machine) or aws',
    parse: oneOf('local', 'aws'),
  }),
  name: setting({
    flag: '--name <name>',
    env: 'FACEFLEET_NAME',
    default: 'facefleet',
    description: 'on AWS: name of the fleet, which its queues and buckets begin with',
    parse: text,
  }),
  requestQueue: resource('request-queue', 'req-queue'),
  responseQueue: resource('response-queue', 'resp-queue'),
  eventsQueue: resource('events-queue', 'events-queue'),
  inputBucket: resource('input-bucket', 'in-bucket'),
  outputBucket: resource('output-bucket', 'out-bucket'),
  galleryBucket: resource('gallery-bucket', 'gallery-bucket'),
  ownResponseQueue: setting({
    flag: '--own-response-queue <yes|no>',
    env: 'FACEFLEET_OWN_RESPONSE_QUEUE',
    default: 'no',
    description: 'on AWS: yes for every web tier where there are several',
    parse: oneOf('yes', 'no'),
  }),
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
    awsDefault: CAP,
    description: "instances that run at most; the machine's cores, or 19 on AWS, unless set",
    parse: integer(1, CAP),
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
    awsDefault: 1,
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
    awsDefault: 180,
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
  retention: setting({
    flag: '--retention <days>',
    env: 'FACEFLEET_RETENTION',
    default: 30,
    description:
      'how long replaced photos and results are kept, and results by request id; on AWS the lifecycle ' +
      'rules of the buckets say that',
    parse: integer(1, 36_500),
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

/** The settings that say what a fleet on AWS is called. */
export const NAME_SETTINGS = [
  'name',
  'requestQueue',
  'responseQueue',
  'eventsQueue',
  'inputBucket',
  'outputBucket',
  'galleryBucket',
] as const;

/** The settings that say which world a process is in. */
export const WORLD_SETTINGS = ['world', ...NAME_SETTINGS] as const;

/** Adds the named settings to a command, whose action then gets them as its options. */
export function withSettings(command: Command, names: readonly SettingName[]): Command {
  for (const name of names) command.addOption(optionOf(settings[name]));
  return command.hook('preAction', () => {
    if (command.getOptionValue('world') !== 'aws') return;
    for (const name of names) {
      const { awsDefault } = settings[name] as Setting<unknown>;
      const isUnset = command.getOptionValueSource(name) === 'default';
      if (awsDefault !== undefined && isUnset) command.setOptionValue(name, awsDefault);
    }
  });
}

function optionOf({
  flag,
  env,
  default: value,
  awsDefault,
  description,
  parse,
}: Setting<string | number | undefined>) {
  const option = new Option(flag, description).env(env).argParser(parse);
  if (awsDefault === undefined) return option.default(value);
  return option.default(value, `${value}; ${awsDefault} on AWS`);
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
  return names.flatMap((name) =>
    config[name] === undefined
      ? []
      : [settings[name].flag.split(' ')[0] ?? '', String(config[name])],
  );
}
