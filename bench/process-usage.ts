import { readdirSync, readFileSync } from 'node:fs';

/** What a process has taken of the machine, as Linux tells it in /proc. */
export interface ProcessUsage {
  /** Processor time since its start, user and system, in milliseconds. */
  readonly cpuMs: number;
  /** Resident memory in megabytes (2^20 bytes). */
  readonly rssMb: number;
  /**
   * What of it is the process's own, in megabytes. The rest is pages of files that it has mapped, such as
   * the index of a bucket: the system shares them among processes, and takes them back when it needs room.
   */
  readonly ownMb: number;
  /** Open file descriptors. */
  readonly descriptors: number;
}

/** USER_HZ, which is 100 on every Linux that Node runs on. */
const TICK_MS = 10;

export function usageOf(pid: number): ProcessUsage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The second field, the command's name, may itself contain spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [utime, stime] = [Number(fields[11]), Number(fields[12])];
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const megabytes = (field: string): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
  return {
    cpuMs: (utime + stime) * TICK_MS,
    rssMb: megabytes('VmRSS'),
    ownMb: megabytes('RssAnon') + megabytes('RssShmem'),
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
  };
}
