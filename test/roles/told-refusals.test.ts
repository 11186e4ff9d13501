import { expect, it } from 'vitest';

import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import { MemoryFleet } from '../../src/adapters/memory/fleet.ts';
import { withToldRefusals } from '../../src/roles/told-refusals.ts';

it('tells each reason for which instances were refused once, and leaves the results as they are', async () => {
  const size = { size: 4, bootMs: () => 1000, stopMs: () => 1000 };
  const behind = new MemoryFleet({ clock: new SteppedClock(0), ...size });
  const [a = '', b = '', c = ''] = behind.ids;
  behind.faults.refuse(a, 'UnsupportedOperation');
  behind.faults.refuse(b, 'OperationNotPermitted');
  behind.faults.refuse(c, 'UnsupportedOperation');
  const told: object[] = [];
  const fleet = withToldRefusals(behind, { warn: (what: object) => told.push(what) });
  const results = await fleet.start(behind.ids);
  expect(results.filter((result) => 'error' in result)).toHaveLength(3);
  expect(told).toEqual([
    { command: 'start', code: 'UnsupportedOperation', instances: [a, c] },
    { command: 'start', code: 'OperationNotPermitted', instances: [b] },
  ]);
  await fleet.stop([]);
  expect(told).toHaveLength(2);
});
