import { ownIdentity } from '../adapters/local/process-identity.ts';
import type { ProcessRegistry } from '../adapters/local/process-registry.ts';
import { systemClock } from '../adapters/system-clock.ts';
import type { Logger } from '../log.ts';

export interface Membership {
  /** The worker drains. */
  stopping(): void;
  /** The worker has ended. */
  leave(): void;
}

export interface MembershipOptions {
  readonly processes: ProcessRegistry;
  readonly instanceId: string;
  /** Called when the service has been gone for so long that it will not come back. */
  readonly onOrphaned: () => void;
  readonly log: Logger;
}

/** The name under which a data folder's service is registered. */
export const SERVICE = 'service';

const LOOK_EVERY_MS = 2000;

/** A service that is started again within this time finds its workers running. */
const ORPHANED_AFTER_MS = 60_000;

/**
 * Registers this process as a running instance of the local fleet, and watches the service that it
 * belongs to: no worker outlives its service for good.
 */
export function joinFleet({
  processes,
  instanceId,
  onOrphaned,
  log,
}: MembershipOptions): Membership {
  const own = ownIdentity();
  let heardAt = systemClock.now();
  processes.setState(instanceId, own, 'running');

  const timer = setInterval(() => {
    const now = systemClock.now();
    if (processes.get(SERVICE) !== undefined) heardAt = now;
    else if (now - heardAt >= ORPHANED_AFTER_MS) {
      clearInterval(timer);
      log.warn('the service is gone');
      processes.setState(instanceId, own, 'stopping');
      onOrphaned();
    }
  }, LOOK_EVERY_MS);

  return {
    stopping: () => processes.setState(instanceId, own, 'stopping'),
    leave: () => {
      clearInterval(timer);
      processes.release(instanceId, own);
    },
  };
}
