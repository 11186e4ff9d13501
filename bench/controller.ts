import { Command } from 'commander';

import { ServiceWork } from '../src/simulation/service-work.ts';
import { AWS, Simulation, type SimulationOptions } from '../src/simulation/simulation.ts';
import { steady } from '../src/simulation/workload.ts';
import { usedHeapBytes } from './heap.ts';
import { median, rounded } from './statistics.ts';
import { TickedController } from './ticked-controller.ts';

const SIZES = [19, 1000, 10_000];
const WARM_UP_TICKS = 10;
const TICKS = 21;
const RUNS = 3;
const RUN_MS = 2000;
const MINUTE_MS = 60_000;

new Command('bench:controller')
  .description(
    'One tick of the controller (look at fleet and queue, tell the instances, decide) over 19, 1,000\n' +
      'and 10,000 instances, of which none, 1 % (one at least) and all changed since the last tick;\n' +
      'the heap of an instance that runs; and how fast 19 instances are simulated that get a photo a\n' +
      'second: with every machine of the service, and with the controller and its instances only.',
  )
  .parse();

const tickUnchangedMs: Record<string, number> = {};
const tickMs: Record<string, number> = {};
const tickAllChangedMs: Record<string, number> = {};
for (const size of SIZES) {
  tickUnchangedMs[size] = await tickTime(size, 0);
  tickMs[size] = await tickTime(size, Math.ceil(size / 100));
  tickAllChangedMs[size] = await tickTime(size, size);
  process.stdout.write(
    `${size} instances: ${tickUnchangedMs[size]} ms a tick, ${tickMs[size]} with 1 % changed, ` +
      `${tickAllChangedMs[size]} with all changed\n`,
  );
}
const figures = {
  tickMs,
  tickAllChangedMs,
  tickUnchangedMs,
  bytesPerInstance: await bytesPerInstance(10_000),
  simulatedSecondsPerSecond: await simulatedSpeed({ work: (parts) => new ServiceWork(parts) }),
  simulatedControllerOnly: await simulatedSpeed({}),
};
process.stdout.write(`${JSON.stringify(figures)}\n`);

/** Milliseconds of a tick after `changed` of `size` instances changed: the median of many ticks. */
async function tickTime(size: number, changed: number): Promise<number> {
  const controller = new TickedController(size);
  await controller.start();
  const times: number[] = [];
  for (let tick = -WARM_UP_TICKS; tick < TICKS; tick++) {
    await controller.change(changed);
    const ms = await controller.tick();
    if (tick >= 0) times.push(ms);
  }
  return rounded(median(times), 2);
}

/** Heap of the controller for each of its instances, all of which run. */
async function bytesPerInstance(size: number): Promise<number> {
  const controller = new TickedController(size);
  await controller.change(size);
  const before = usedHeapBytes();
  await controller.start();
  const bytes = usedHeapBytes() - before;
  // So long at least it is no garbage.
  await controller.tick();
  return Math.round(bytes / size);
}

/** Simulated seconds in a second, once the fleet has come to its level: the median of some runs. */
async function simulatedSpeed(options: Pick<SimulationOptions, 'work'>): Promise<number> {
  const simulation = new Simulation({
    seed: 1,
    surroundings: AWS,
    pool: 19,
    policy: 'one-per-message',
    limits: { min: 0, max: 19 },
    workload: steady(1000),
    ...options,
  });
  await simulation.run(5 * MINUTE_MS);
  const rates: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now();
    const from = simulation.clock.now();
    while (performance.now() - start < RUN_MS) await simulation.run(MINUTE_MS);
    rates.push((simulation.clock.now() - from) / (performance.now() - start));
  }
  simulation.killController();
  return Math.round(median(rates));
}
