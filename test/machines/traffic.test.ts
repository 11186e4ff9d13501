import { expect, it } from 'vitest';

import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import type { PublishedEvent } from '../../src/bus/event-bus.ts';
import { Traffic } from '../../src/machines/traffic.ts';

function watched() {
  const clock = new SteppedClock();
  const told: PublishedEvent[] = [];
  const traffic = new Traffic({ clock, publish: (event) => told.push(event) });
  return { clock, told, traffic };
}

it('the traffic of a second is told once, with how long the answers took', async () => {
  const { clock, told, traffic } = watched();
  await clock.advance(5000);
  for (let photo = 0; photo < 4; photo++) traffic.arrived();
  for (let ms = 100; ms >= 1; ms--) traffic.answered(ms);
  await clock.advance(999);
  expect(told).toEqual([]);
  await clock.advance(1);
  expect(told).toEqual([
    { type: 'web.traffic', since: 5000, arrived: 4, answered: 100, p50Ms: 50, p95Ms: 95 },
  ]);
});

it('nothing is told while nothing happens', async () => {
  const { clock, told, traffic } = watched();
  traffic.arrived();
  await clock.advance(60_000);
  expect(told).toEqual([{ type: 'web.traffic', since: 0, arrived: 1, answered: 0 }]);
  traffic.answered(60_000);
  await clock.advance(1000);
  expect(told.at(-1)).toMatchObject({ since: 60_000, arrived: 0, answered: 1, p95Ms: 60_000 });
});

it('what is not told yet is told at the end, and not again', async () => {
  const { clock, told, traffic } = watched();
  traffic.flush();
  traffic.arrived();
  traffic.flush();
  await clock.advance(60_000);
  expect(told).toEqual([{ type: 'web.traffic', since: 0, arrived: 1, answered: 0 }]);
});
