import { systemClock } from '../../src/adapters/system-clock.ts';
import { CALL_MS } from '../../src/provision/instances.ts';
import type { Site } from '../../src/provision/site.ts';

/**
 * A site where nobody waits for long: moto does at once what takes AWS minutes. A call has its time all
 * the same.
 */
export const hurried = (site: Site): Site => ({
  ...site,
  clock: {
    ...systemClock,
    now: () => systemClock.now(),
    setTimeout: (run, ms) => systemClock.setTimeout(run, ms === CALL_MS ? ms : Math.min(ms, 100)),
    clearTimeout: (timer) => systemClock.clearTimeout(timer),
  },
});
