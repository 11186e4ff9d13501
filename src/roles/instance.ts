import { ownIdentity } from '../adapters/local/process-identity.ts';
import { CONTROLLER, type ProcessRegistry } from '../adapters/local/process-registry.ts';
import { type Clock, sleep } from '../bus/clock.ts';
import type { Logger } from '../log.ts';

export interface Membership {
  /** The worker drains. */
  stopping(): void;
  /** The worker has ended; the instance has stopped when its process has. */
  leave(): void;
}

export interface MembershipOptions {
  readonly processes: ProcessRegistry;
  readonly clock: Clock;
  readonly instanceId: string;
  /** Called when the controller has been gone for so long that it will not come back. */
  readonly onOrphaned: () => void;
  readonly log: Pick<Logger, 'warn'>;
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
  clock,
  instanceId,
  onOrphaned,
  log,
}: MembershipOptions): Membership {
  const own = ownIdentity();
  const left = new AbortController();
  const launchedAt = processes.get(instanceId)?.launchedAt ?? clock.now();
  const holder = processes.claim(instanceId, { ...own, state: 'running', launchedAt });
  if (holder.pid === own.pid) processes.setState(instanceId, own, 'running');
  else {
    log.warn({ holder: holder.pid }, 'another process is this instance already');
    onOrphaned();
  }

  const watch = async (): Promise<void> => {
    let heardAt = clock.now();
    while (clock.now() - heardAt < ORPHANED_AFTER_MS) {
      await sleep(clock, LOOK_EVERY_MS, left.signal);
      if (left.signal.aborted) return;
      if (processes.get(CONTROLLER) !== undefined) heardAt = clock.now();
    }
    log.warn('the controller is gone');
    processes.setState(instanceId, own, 'stopping');
    onOrphaned();
  };
  void watch();

  return {
    stopping: () => processes.setState(instanceId, own, 'stopping'),
    leave: () => left.abort(),
  };
}
