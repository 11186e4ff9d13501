import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { packageRoot } from '../package-root.ts';
import {
  NoSystemdError,
  NotRootError,
  ProgramOutOfReachError,
  SystemdFailedError,
} from './errors.ts';
import {
  filledIn,
  type Part,
  PARTS,
  type Program,
  serviceFiles,
  SETTINGS_FOLDER,
  unitOf,
} from './services.ts';

/** Which system the services are for. */
export interface Target {
  /** Folder of an image that is being built; the running system when absent. */
  readonly root?: string | undefined;
}

/** The settings of every part, for the operator to write. */
export const ENVIRONMENT_FILE = '/etc/facefleet/environment';

const ENVIRONMENT_HEAD = `\
# Settings of the facefleet services, as "facefleet config" lists them, one a line:
# FACEFLEET_WORLD=aws
`;

/**
 * Writes the units, the user they run as and, where there is none, an empty environment file; then
 * starts the parts, now and at each boot. Done again, it starts them anew with what has changed.
 * @throws NotRootError, NoSystemdError, ProgramOutOfReachError, SystemdFailedError
 */
export async function installServices(
  parts: readonly Part[],
  { root }: Target,
  run: Program = ownProgram(),
): Promise<void> {
  requireRoot();
  if (root === undefined) for (const path of Object.values(run)) await requireReadable(path);
  const version = await systemdVersion();
  for (const { source, target } of serviceFiles(version)) {
    const text = await readFile(join(packageRoot, 'deploy', 'systemd', source), 'utf8');
    await write(join(root ?? '/', target), filledIn(text, run));
  }
  const environment = join(root ?? '/', ENVIRONMENT_FILE);
  if (!(await isThere(environment))) {
    await write(environment, ENVIRONMENT_HEAD);
    await chmod(environment, 0o600);
  }
  const units = parts.map(unitOf);
  await call('systemd-sysusers', ...rootOption(root), 'facefleet.conf');
  if (root === undefined) await call('systemctl', 'daemon-reload');
  await call('systemctl', ...rootOption(root), 'enable', ...units);
  if (root === undefined) await call('systemctl', 'restart', ...units);
}

/**
 * Stops the services, each of which drains first, and removes their files. Settings, data and the user
 * stay.
 * @throws NotRootError, NoSystemdError, SystemdFailedError
 */
export async function uninstallServices({ root }: Target): Promise<void> {
  requireRoot();
  const version = await systemdVersion();
  const files = serviceFiles(version).map(({ target }) => join(root ?? '/', target));
  const units = PARTS.map(unitOf);
  const areThere = await Promise.all(files.map(isThere));
  if (areThere.includes(true)) {
    const now = root === undefined ? ['--now'] : [];
    await call('systemctl', ...rootOption(root), 'disable', ...now, ...units);
  }
  for (const file of files) await rm(file, { force: true });
  // It may hold settings of the operator's own.
  await rmdir(join(root ?? '/', SETTINGS_FOLDER)).catch(() => undefined);
  if (root === undefined) await call('systemctl', 'daemon-reload');
}

const ownProgram = (): Program => ({
  node: process.execPath,
  program: join(packageRoot, 'bin', 'facefleet.js'),
});

function requireRoot(): void {
  if (process.getuid?.() !== 0) throw new NotRootError();
}

/** Folders that the services do not see: ProtectHome= and PrivateTmp= of their units. */
const HIDDEN = /^\/(home|root|run\/user|tmp|var\/tmp)\//;

/** Another user has to be able to go through every folder on the way. */
async function requireReadable(path: string): Promise<void> {
  if (HIDDEN.test(path)) throw new ProgramOutOfReachError(path);
  for (let at = path; at !== '/'; at = dirname(at)) {
    const { mode } = await stat(at);
    const wanted = at === path ? 0o004 : 0o001;
    if ((mode & wanted) === 0) throw new ProgramOutOfReachError(at);
  }
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const rootOption = (root: string | undefined): string[] =>
  root === undefined ? [] : [`--root=${root}`];

/** `systemd 252 (252.38-1~deb12u1)`, and more. */
async function systemdVersion(): Promise<number> {
  return Number(/\d+/.exec(await call('systemctl', '--version'))?.[0]);
}

async function call(command: string, ...args: string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(command, args);
    return stdout;
  } catch (error) {
    const { code, stderr = '' } = error as { code?: string | number; stderr?: string };
    if (code === 'ENOENT') throw new NoSystemdError();
    throw new SystemdFailedError([command, ...args].join(' '), stderr);
  }
}
