import { expect, it } from 'vitest';

import type { InterruptionNotice } from '../../src/adapters/aws/imds.ts';
import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import { watchSpotNotice } from '../../src/roles/spot-notice.ts';

const NOTICE: InterruptionNotice = { action: 'terminate', time: '2026-01-01T12:00:00Z' };

it('hears of an interruption within five seconds, once, though the service fails at times', async () => {
  const clock = new SteppedClock();
  const heard: InterruptionNotice[] = [];
  let looks = 0;
  watchSpotNotice({
    clock,
    imds: {
      async interruption() {
        if (++looks === 2) throw new Error('The service is busy.');
        return clock.now() >= 7000 ? NOTICE : undefined;
      },
    },
    onNotice: (notice) => heard.push(notice),
  });
  await clock.advance(9999);
  expect(heard).toEqual([]);
  await clock.advance(60_000);
  expect(heard).toEqual([NOTICE]);
  expect(looks).toBe(3);
});

it('looks no more once it is stopped', async () => {
  const clock = new SteppedClock();
  let looks = 0;
  const stop = watchSpotNotice({
    clock,
    imds: { interruption: async () => void ++looks },
    onNotice: () => undefined,
  });
  await clock.advance(10_000);
  stop();
  const before = looks;
  await clock.advance(60_000);
  expect(looks).toBe(before);
});
