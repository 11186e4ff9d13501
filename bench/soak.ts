import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { Command } from 'commander';

import { packageRoot } from '../src/package-root.ts';
import { BenchedService } from './benched-service.ts';
import { photosFor } from './photos.ts';
import { type ProcessUsage, usageOf } from './process-usage.ts';
import { median, rounded } from './statistics.ts';

interface Options {
  readonly images?: string;
  readonly photos: string;
  readonly folder: string;
  readonly models: string;
  readonly minutes: string;
  readonly clients: string;
}

interface Sample {
  readonly webTier: ProcessUsage;
  readonly workers: readonly ProcessUsage[];
}

const WORKERS = 2;
const SAMPLE_EVERY_MS = 1000;

/** Growth is told from the samples after the first minute to those at the end, so many of each. */
const WARM_UP_SAMPLES = 60;
const COMPARED_SAMPLES = 20;

const options = new Command('bench:soak')
  .description(
    'A steady load through POST / with 2 workers: memory and open files of the web tier and of the\n' +
      'workers, how much they grow after the first minute, and how many uploads failed. Linux only.',
  )
  .option('--images <dir>', "folder of photos to use instead of the tests' sample photos")
  .option('--photos <n>', 'use at most so many photos', '200')
  .option('--folder <dir>', 'folder for the data', packageRoot)
  .option('--models <dir>', 'folder with the models', join(packageRoot, 'models'))
  .option('--minutes <n>', 'how long, 2 at least', '10')
  .option('--clients <n>', 'uploads in flight', '8')
  .parse()
  .opts<Options>();

const folder = mkdtempSync(join(options.folder, '.bench-soak-'));
const service = await BenchedService.start({
  folder,
  modelsDir: options.models,
  workers: WORKERS,
  photos: await photosFor(options.images, Number(options.photos), options.models),
});

try {
  while (service.workerPids.length < WORKERS) await pause(100);
  const workerPids = service.workerPids;
  let uploads = 0;
  let errors = 0;
  const samples: Sample[] = [];
  const sampling = setInterval(() => {
    samples.push({
      webTier: usageOf(service.webTierPid),
      workers: workerPids.map(usageOf),
    });
  }, SAMPLE_EVERY_MS);
  const load = { clients: Number(options.clients), forMs: Number(options.minutes) * 60_000 };
  await service.load(load, ({ status, text }) => {
    uploads++;
    if (status === 200) return;
    errors++;
    process.stderr.write(`${status}: ${text}`);
  });
  clearInterval(sampling);

  const early = samples.slice(WARM_UP_SAMPLES, WARM_UP_SAMPLES + COMPARED_SAMPLES);
  const late = samples.slice(-COMPARED_SAMPLES);
  const webTier = ({ webTier: usage }: Sample): ProcessUsage => usage;
  const worker = (index: number) => (sample: Sample) => sample.workers[index] as ProcessUsage;
  const processes = { webTier, worker1: worker(0), worker2: worker(1) };
  const figures = {
    minutes: Number(options.minutes),
    uploads,
    errors,
    rssMb: eachOf(processes, (of) => Math.max(...samples.map((sample) => of(sample).rssMb)), 0),
    growth: eachOf(processes, (of) => growthOf((sample) => of(sample).rssMb), 3),
    ownMb: eachOf(processes, (of) => Math.max(...samples.map((sample) => of(sample).ownMb)), 0),
    ownGrowth: eachOf(processes, (of) => growthOf((sample) => of(sample).ownMb), 3),
    descriptors: eachOf(processes, (of) => Math.max(...late.map((s) => of(s).descriptors)), 0),
    descriptorGrowth: eachOf(processes, (of) => growthOf((s) => of(s).descriptors), 3),
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);

  function growthOf(value: (sample: Sample) => number): number {
    return median(late.map(value)) / median(early.map(value)) - 1;
  }
} finally {
  await service.stop();
  rmSync(folder, { recursive: true });
}

function eachOf<T>(
  processes: Readonly<Record<string, T>>,
  figure: (process: T) => number,
  digits: number,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(processes).map(([name, of]) => [name, rounded(figure(of), digits)]),
  );
}
