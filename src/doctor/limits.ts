import { availableParallelism, totalmem } from 'node:os';

import { type Check, failed, ok, warning } from './check.ts';

/** As many connections as the web tier takes, and the files of photos and databases. */
const COMFORTABLE_FILES = 8192;
const LEAST_FILES = 512;

/** What the processes need at most, in bytes; see docs/benchmarks.md. */
const WEB_TIER_BYTES = 200e6;
const WORKER_BYTES = 350e6;

/** Whether enough files and connections may be open. Node raises its soft limit to the hard one. */
export function openFilesCheck(limit = openFileLimit()): Check {
  return {
    name: 'open files',
    look() {
      const message = `A process may have ${limit === Infinity ? 'any number of' : limit} files open.`;
      const mend = `Raise it to ${COMFORTABLE_FILES}: ulimit -n, or LimitNOFILE= of systemd.`;
      if (limit < LEAST_FILES) return failed(message, mend);
      return limit < COMFORTABLE_FILES ? warning(message, mend) : ok(message);
    },
  };
}

/** Whether the machine is large enough for so many workers, of one thread each. */
export function capacityCheck(
  maxInstances: number,
  cores = availableParallelism(),
  memory = Math.min(totalmem(), process.constrainedMemory() || Infinity),
): Check {
  return {
    name: 'capacity',
    look() {
      const needed = WEB_TIER_BYTES + maxInstances * WORKER_BYTES;
      const message =
        `${maxInstances} instances at most, on ${cores} cores; they need up to ${gigabytes(needed)} ` +
        `of ${gigabytes(memory)} memory.`;
      if (needed > memory) {
        return failed(message, 'Choose fewer with --max-instances, or add memory.');
      }
      return maxInstances > cores
        ? warning(
            message,
            'Workers beyond the cores gain nothing: choose fewer with --max-instances.',
          )
        : ok(message);
    },
  };
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** The soft limit that this process runs with. */
function openFileLimit(): number {
  const { userLimits } = process.report.getReport() as unknown as {
    userLimits?: { open_files?: { soft: number | 'unlimited' } };
  };
  const soft = userLimits?.open_files?.soft;
  return typeof soft === 'number' ? soft : Infinity;
}
