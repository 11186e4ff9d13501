import { FacefleetError } from '../../bus/errors.ts';
import type { Fleet } from '../../bus/fleet.ts';
import type { Lease } from './lease.ts';

/** Thrown when an instance is to be started or stopped by a controller that may no longer do so. */
export class LeaseNotHeldError extends FacefleetError {
  readonly code = 'lease_not_held';

  constructor() {
    super('Another controller may scale this fleet by now: nothing was started or stopped.');
  }
}

/**
 * A fleet that only the holder of the lease may command, and only while a command surely ends before
 * the lease does.
 * @param callMs - how long a command takes at most
 */
export function leasedFleet(fleet: Fleet, lease: Pick<Lease, 'isHeldFor'>, callMs: number): Fleet {
  const guarded =
    (command: 'start' | 'stop'): Fleet['start'] =>
    async (ids) => {
      if (!lease.isHeldFor(callMs)) throw new LeaseNotHeldError();
      return fleet[command](ids);
    };
  return {
    describe: () => fleet.describe(),
    start: guarded('start'),
    stop: guarded('stop'),
  };
}
