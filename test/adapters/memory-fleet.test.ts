import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import { MemoryFleet } from '../../src/adapters/memory/fleet.ts';
import { fleetContract } from './fleet-contract.ts';

fleetContract('memory', async (size) => {
  const clock = new SteppedClock(1_700_000_000_000);
  return {
    fleet: new MemoryFleet({ clock, size, bootMs: () => 20_000, stopMs: () => 10_000 }),
    settle: () => clock.advance(30_000),
    close: async () => undefined,
  };
});
