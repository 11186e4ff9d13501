import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process by number and start time: a number alone is given again to others. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Whatever the platform tells of the start; equal for the same process only. */
  readonly startTime: string;
}

/** This process. */
export const ownIdentity = (): ProcessIdentity => {
  const startTime = startTimeOf(process.pid);
  if (startTime === undefined) throw new Error('This process cannot find its own start time.');
  return { pid: process.pid, startTime };
};

/** The process that has this number now, or `undefined` when none has. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const startTime = startTimeOf(pid);
  return startTime === undefined ? undefined : { pid, startTime };
}

/** Whether that very process still runs. */
export const isAlive = ({ pid, startTime }: ProcessIdentity): boolean =>
  startTimeOf(pid) === startTime;

function startTimeOf(pid: number): string | undefined {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

/** Field 22 of /proc/PID/stat, in clock ticks since boot; see proc(5). */
function fromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field, the command's name, may itself contain spaces and parentheses.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : fields[18];
  } catch {
    return undefined;
  }
}

function fromPs(pid: number): string | undefined {
  try {
    const lstart = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      // The same start must read the same whoever asks.
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    });
    return lstart.trim() || undefined;
  } catch {
    return undefined;
  }
}
