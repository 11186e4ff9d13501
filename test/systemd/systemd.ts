import { spawnSync } from 'node:child_process';

const { stdout } = spawnSync('systemd-analyze', ['--version'], { encoding: 'utf8' });

/** Of the systemd that is installed here; `undefined` where there is none. */
export const systemdVersion = stdout ? Number(/\d+/.exec(stdout)?.[0]) : undefined;
