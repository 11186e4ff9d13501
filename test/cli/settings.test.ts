import { resolve } from 'node:path';

import { describe, expect, it, vi } from 'vitest';

import { configCommand } from '../../src/cli/config.ts';
import { enrollCommand } from '../../src/cli/enroll.ts';
import { fleetCommand } from '../../src/cli/fleet.ts';
import { peopleCommand } from '../../src/cli/people.ts';
import { purgeCommand } from '../../src/cli/purge.ts';
import { upCommand } from '../../src/cli/up.ts';
import { webCommand } from '../../src/cli/web.ts';
import { workerCommand } from '../../src/cli/worker.ts';

interface SettingInForce {
  readonly flag: string;
  readonly env: string;
  readonly value: unknown;
  readonly source: string;
  readonly commands: readonly string[];
}

/** What `facefleet config` tells, or the sentence with which it refuses. */
async function config(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<SettingInForce[] | string> {
  const commands = [
    upCommand(),
    webCommand(),
    workerCommand(),
    fleetCommand(),
    enrollCommand(),
    peopleCommand(),
    purgeCommand(),
  ];
  for (const name of Object.keys(process.env)) {
    if (/^(FACEFLEET_|HOST$|PORT$)/.test(name)) vi.stubEnv(name, undefined);
  }
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const written: string[] = [];
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  let refusal: string | undefined;
  const command = configCommand(commands)
    .exitOverride()
    .configureOutput({ writeErr: (text) => (refusal = text.trim()) });
  try {
    await command.parseAsync(['--json', ...args], { from: 'user' });
    return JSON.parse(written.join('')) as SettingInForce[];
  } catch (error) {
    if (refusal === undefined) throw error;
    return refusal;
  } finally {
    stdout.mockRestore();
    vi.unstubAllEnvs();
  }
}

async function inForce(
  flag: string,
  args: readonly string[],
  environment?: Readonly<Record<string, string>>,
): Promise<Pick<SettingInForce, 'value' | 'source'>> {
  const settings = await config(args, environment);
  if (typeof settings === 'string') throw new Error(settings);
  const { value, source } = settings.find((setting) => setting.flag === flag) ?? {};
  return { value, source: source ?? 'missing' };
}

const wholeNumber = (min: number, max: number) => ({
  good: [`${max}`, max] as const,
  bad: ['', 'x', '1.5', '0x10', '1e1', '-1', ...(min > 0 ? ['0'] : []), `${max + 1}`],
  allowed: `It must be a whole number from ${min} to ${max}.`,
});
const oneOf = (...choices: [string, ...string[]]) => ({
  good: [choices[0], choices[0]] as const,
  bad: ['', 'x', choices[0].toUpperCase()],
  allowed: `It must be one of ${choices.join(', ')}.`,
});
const text = (value: string, read = value) => ({
  good: [value, read] as const,
  bad: ['', '  '],
  allowed: 'It must not be empty.',
});

const resource = (what: string) => ({
  flag: `--${what}`,
  env: `FACEFLEET_${what.replaceAll('-', '_').toUpperCase()}`,
  ...text('mine'),
});

const SETTINGS = [
  { flag: '--world', env: 'FACEFLEET_WORLD', ...oneOf('local', 'aws') },
  { flag: '--name', env: 'FACEFLEET_NAME', ...text('mine') },
  ...['request-queue', 'response-queue', 'events-queue'].map(resource),
  ...['input-bucket', 'output-bucket', 'gallery-bucket'].map(resource),
  { flag: '--own-response-queue', env: 'FACEFLEET_OWN_RESPONSE_QUEUE', ...oneOf('yes', 'no') },
  { flag: '--host', env: 'HOST', ...text('0.0.0.0') },
  { flag: '--port', env: 'PORT', ...wholeNumber(0, 65_535) },
  { flag: '--data-dir', env: 'FACEFLEET_DATA_DIR', ...text('there', resolve('there')) },
  { flag: '--models-dir', env: 'FACEFLEET_MODELS_DIR', ...text('there', resolve('there')) },
  { flag: '--embedder', env: 'FACEFLEET_EMBEDDER', ...text('dlib') },
  { flag: '--min-instances', env: 'FACEFLEET_MIN_INSTANCES', ...wholeNumber(0, 19) },
  { flag: '--max-instances', env: 'FACEFLEET_MAX_INSTANCES', ...wholeNumber(1, 19) },
  { flag: '--policy', env: 'FACEFLEET_POLICY', ...oneOf('one-per-message', 'literal') },
  { flag: '--slots', env: 'FACEFLEET_SLOTS', ...wholeNumber(1, 10) },
  { flag: '--visibility-timeout', env: 'FACEFLEET_VISIBILITY_TIMEOUT', ...wholeNumber(1, 150) },
  { flag: '--deadline', env: 'FACEFLEET_DEADLINE', ...wholeNumber(1, 3600) },
  { flag: '--max-queue-depth', env: 'FACEFLEET_MAX_QUEUE_DEPTH', ...wholeNumber(1, 1_000_000) },
  { flag: '--retention', env: 'FACEFLEET_RETENTION', ...wholeNumber(1, 36_500) },
  { flag: '--admin-key', env: 'FACEFLEET_ADMIN_KEY', ...text('hush', '(hidden)') },
  {
    flag: '--log-level',
    env: 'FACEFLEET_LOG_LEVEL',
    ...oneOf('debug', 'info', 'warn', 'error', 'silent'),
  },
];

describe.each(SETTINGS)('the setting $flag', ({ flag, env, good: [given, read], bad, allowed }) => {
  it('is a flag before a variable before a default', async () => {
    expect(await inForce(flag, [])).toMatchObject({ source: 'default' });
    expect(await inForce(flag, [], { [env]: given })).toEqual({
      value: read,
      source: 'environment',
    });
    const { value } = await inForce(flag, []);
    expect(await inForce(flag, [flag, given], { [env]: String(value) })).toEqual({
      value: read,
      source: 'flag',
    });
  });

  it('refuses a bad value by name, and says what is allowed', async () => {
    for (const value of bad) {
      const byFlag = await config([`${flag}=${value}`]);
      expect(byFlag).toMatch(
        new RegExp(`^error: option '${flag} <[^>]+>' argument '.*' is invalid`),
      );
      expect(byFlag).toContain(allowed);
      const byVariable = await config([], { [env]: value });
      expect(byVariable).toContain(`from env '${env}' is invalid. ${allowed}`);
    }
  });
});

describe('facefleet config', () => {
  it('tells every setting of every command, each once, with the commands that know it', async () => {
    const settings = (await config([])) as SettingInForce[];
    expect(settings.map(({ flag }) => flag).toSorted()).toEqual(
      [...SETTINGS.map(({ flag }) => flag), '--instance-id', '--url'].toSorted(),
    );
    expect(settings.find(({ flag }) => flag === '--data-dir')?.commands).toEqual([
      'up',
      'web',
      'worker',
      'enroll',
      'people list',
      'people remove',
    ]);
  });
});
