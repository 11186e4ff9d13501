import { ServiceWork } from '../src/simulation/service-work.ts';
import { AWS, Simulation } from '../src/simulation/simulation.ts';
import { steady } from '../src/simulation/workload.ts';
import { median } from './statistics.ts';

const RUNS = 5;
const RUN_MS = 2000;
const MINUTE_MS = 60_000;

const simulation = new Simulation({
  seed: 1,
  surroundings: AWS,
  pool: 19,
  policy: 'one-per-message',
  limits: { min: 0, max: 19 },
  workload: steady(1000),
  ...(process.argv[2] === 'every-machine' && { work: (parts) => new ServiceWork(parts) }),
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
process.stdout.write(`${Math.round(median(rates))}\n`);
