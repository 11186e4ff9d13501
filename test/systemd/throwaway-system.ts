import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

/** A system that systemd runs, on a copy of this machine's files that is thrown away. */
export interface System {
  /** Runs a shell command as its root; rejects when it fails. */
  readonly run: (command: string) => Promise<string>;
  stop(): Promise<void>;
}

/** In namespaces of its own; the network is the machine's. `$1`: a folder to mount it on. */
const BOOT = `
set -e
mount --make-rprivate /
mount -t tmpfs tmpfs "$1"
mkdir "$1"/upper "$1"/work "$1"/root
mount -t overlay overlay -o lowerdir=/,upperdir="$1"/upper,workdir="$1"/work "$1"/root
cd "$1"/root
mount -t proc proc proc
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs tmp
mount -t sysfs sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount --bind /dev dev
exec env container=test chroot . /lib/systemd/systemd --system --unit=multi-user.target
`;

const LOOK_EVERY_MS = 200;

/** Boots one; needs root. */
export async function bootSystem(): Promise<System> {
  const folder = await mkdtemp(join(tmpdir(), 'facefleet-system-'));
  const namespaces = ['--pid', '--mount', '--cgroup', '--uts', '--ipc', '--fork', '--kill-child'];
  const child = spawn('unshare', [...namespaces, 'bash', '-c', BOOT, 'boot', folder], {
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  const pid = await pidInside(child);
  const enter = ['-t', String(pid), '-m', '-p', '-C', '-u', '-i'];
  const run = async (command: string): Promise<string> => {
    const shell = [`--root=/proc/${pid}/root`, `--wd=/proc/${pid}/root`, 'bash', '-c'];
    const args = [...enter, ...shell, `cd /root && ${command}`];
    return (await promisify(execFile)('nsenter', args, { maxBuffer: 2 ** 24 })).stdout;
  };
  await run('systemctl is-system-running --wait || true');
  return {
    run,
    async stop() {
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

/** The process that unshare has started, once systemd is what it runs. */
async function pidInside({ pid }: ChildProcess): Promise<number> {
  for (;;) {
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    const [inside = ''] = children.trim().split(' ');
    const name = await readFile(`/proc/${inside}/comm`, 'utf8').catch(() => '');
    if (name.trim() === 'systemd') return Number(inside);
    await wait(LOOK_EVERY_MS);
  }
}

/** Hands a file to a system; it is read by its root alone. */
export async function writeInto(system: System, path: string, text: string): Promise<void> {
  const encoded = Buffer.from(text).toString('base64');
  await system.run(`echo ${encoded} | base64 -d | install -m 600 /dev/stdin ${path}`);
}
