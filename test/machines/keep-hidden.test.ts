import { expect, it } from 'vitest';

import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import { keepHidden } from '../../src/machines/keep-hidden.ts';

it('keeps a message hidden for 150 s in all, whatever becomes of the time of day', async () => {
  const clock = new SteppedClock();
  const extended: number[] = [];
  const told: string[] = [];
  keepHidden(
    {
      clock: {
        now: () => 1e12 - 1000 * clock.now(),
        setTimeout: (fn, ms) => clock.setTimeout(fn, ms),
        clearTimeout: (timer) => clock.clearTimeout(timer),
      },
      requests: {
        extend: async (_, seconds) => {
          extended.push(seconds);
        },
      },
      visibilitySeconds: 30,
    },
    'handle',
    ({ type }) => told.push(type),
  );
  await clock.advance(149_999);
  expect(told).toEqual([]);
  await clock.advance(1);
  expect(told).toEqual(['HUNG']);
  expect(extended).toEqual([30, 30, 30, 30, 30, 30, 30, 30, 15]);
});
