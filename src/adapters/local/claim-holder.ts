import { createHash } from 'node:crypto';
import { readlinkSync } from 'node:fs';

import { BOOT_ID } from './boot.ts';
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
  .update(BOOT_ID ?? '')
  .update(processNamespace())
  .digest('base64url')
  .slice(0, 8);

/** Nothing where the system has no such thing: there all processes see each other. */
function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
