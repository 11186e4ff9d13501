import { ownIdentity } from '../adapters/local/process-identity.ts';
import { CONTROLLER, type ProcessRegistry } from '../adapters/local/process-registry.ts';
import { systemClock } from '../adapters/system-clock.ts';
import type { Logger } from '../log.ts';

export interface Membership {
  /** The worker drains. */
  stopping(): void;
  /** The worker has ended; the instance has stopped when its process has. */
  leave(): void;
}

export interface MembershipOptions {
  readonly processes: ProcessRegistry;
  readonly instanceId: string;
  /** Called when the controller has been gone for so long that it will not come back. */
  readonly onOrphaned: () => void;
  readonly log: Logger;
}

const LOOK_EVERY_MS = 2000;

/** A controller that is started again within this time finds its workers running. */
const ORPHANED_AFTER_MS = 60_000;

/**
 * Registers this process as a running instance of the local fleet, and watches for the controller
 * that it belongs to: no worker outlives its controller for good.
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
    if (processes.get(CONTROLLER) !== undefined) heardAt = now;
    else if (now - heardAt >= ORPHANED_AFTER_MS) {
      clearInterval(timer);
      log.warn('the controller is gone');
      processes.setState(instanceId, own, 'stopping');
      onOrphaned();
    }
  }, LOOK_EVERY_MS);

  return {
    stopping: () => processes.setState(instanceId, own, 'stopping'),
    leave: () => clearInterval(timer),
  };
}
