import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';

import { isAlive, ownIdentity } from './process-identity.ts';

/** Names the process that received a message: `<pid> <start time> <place>`. */
export type ClaimHolder = string;

/** This process. */
export function ownHolder(): ClaimHolder {
  const { pid, startTime } = ownIdentity();
  return [pid, startTime.replaceAll(' ', '_'), PLACE].join(' ');
}

/**
 * Whether that very process has ended, as far as this one can tell: those of another container have other
 * numbers, and are not looked for.
 */
export function hasEnded(holder: ClaimHolder): boolean {
  const [pid, startTime, place] = holder.split(' ');
  if (place !== PLACE || startTime === undefined) return false;
  return !isAlive({ pid: Number(pid), startTime: startTime.replaceAll('_', ' ') });
}

/** Within what process numbers mean the same: one namespace, from one boot to the next. */
const PLACE = createHash('sha256')
  .update(tell(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1')))
  .update(tell(() => readlinkSync('/proc/self/ns/pid')))
  .digest('base64url')
  .slice(0, 8);

/** Nothing where the system has no such thing: there all processes see each other. */
function tell(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
