import { Command } from 'commander';

import { usedHeapBytes } from './heap.ts';
import { simulatedSpeed } from './simulated-speed.ts';
import { median, rounded } from './statistics.ts';
import { TickedController } from './ticked-controller.ts';

const SIZES = [19, 1000, 10_000];
const WARM_UP_TICKS = 10;
const TICKS = 21;

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
  simulatedSecondsPerSecond: await simulatedSpeed('every-machine'),
  simulatedControllerOnly: await simulatedSpeed('controller-only'),
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
