import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { Command } from 'commander';

import { packageRoot } from '../src/package-root.ts';
import { BareRecogniser } from './bare-recogniser.ts';
import { BenchedService } from './benched-service.ts';
import { photosFor } from './photos.ts';
import { usageOf } from './process-usage.ts';
import { median, quantile, rounded } from './statistics.ts';
import { measureSyncMs } from './sync-time.ts';

interface Options {
  readonly images?: string;
  readonly photos: string;
  readonly folder: string;
  readonly models: string;
  readonly clients: string;
  readonly rounds: string;
  readonly seconds: string;
}

const WORKERS = 2;

/** Photos that a worker has in hand at once, by default. */
const SLOTS = 2;

const LATENCY_BLOCK_MS = 1500;

/** A service runs for days: after about a thousand photos V8 has compiled most of what is hot. */
const WARM_UP_MS = 15_000;

const options = new Command('bench:service')
  .description(
    'Photos a second through POST / with 2 workers, as a ratio to the bare recogniser in 2 processes,\n' +
      'the two by turns; and what the service adds to the time of one photo when nothing else is to be\n' +
      'done, beyond recognising it and one synced write.',
  )
  .option('--images <dir>', "folder of photos to use instead of the tests' sample photos")
  .option('--photos <n>', 'use at most so many photos', '200')
  .option('--folder <dir>', 'folder on the disk to measure', packageRoot)
  .option('--models <dir>', 'folder with the models', join(packageRoot, 'models'))
  .option('--clients <n>', 'uploads in flight', '32')
  .option('--rounds <n>', 'rounds of both', '7')
  .option('--seconds <n>', 'length of a half round', '4')
  .parse()
  .opts<Options>();

const photos = await photosFor(options.images, Number(options.photos), options.models);
const forMs = Number(options.seconds) * 1000;
const folder = mkdtempSync(join(options.folder, '.bench-service-'));
const service = await BenchedService.start({
  folder,
  modelsDir: options.models,
  workers: WORKERS,
  photos,
});
const bare = await Promise.all(
  Array.from({ length: WORKERS }, () =>
    BareRecogniser.start({ modelsDir: options.models, photos }),
  ),
);

try {
  await upload(WARM_UP_MS, Number(options.clients));
  await recognise(WARM_UP_MS, SLOTS);
  const rounds = [];
  for (let round = 0; round < Number(options.rounds); round++) {
    const through = await counted(() => upload(forMs, Number(options.clients)), serviceCpu);
    const alone = await counted(() => recognise(forMs, SLOTS), bareCpu);
    rounds.push({ through, alone, ratio: through.perSecond / alone.perSecond });
    process.stdout.write(
      `${rounded(through.perSecond, 1)} photos/s through the service, ${rounded(alone.perSecond, 1)} by the bare recogniser\n`,
    );
  }
  const through: number[] = [];
  const alone: number[] = [];
  for (let round = 0; round < Number(options.rounds); round++) {
    through.push(...(await upload(LATENCY_BLOCK_MS, 1)));
    alone.push(...((await bare[0]?.run({ forMs: LATENCY_BLOCK_MS, inFlight: 1 })) ?? []));
  }
  const syncMs = measureSyncMs(folder);
  const added = (p: number): number => quantile(through, p) - median(alone) - syncMs;
  const cpu = rounds.map(({ through: { cpuMs } }) => cpuMs);
  const figures = {
    ratio: rounded(median(rounds.map(({ ratio }) => ratio)), 3),
    photosPerSecond: rounded(median(rounds.map((round) => round.through.perSecond)), 1),
    bareRecogniserPhotosPerSecond: rounded(median(rounds.map((round) => round.alone.perSecond)), 1),
    addedLatencyMs: rounded(added(0.5), 2),
    addedLatencyP99Ms: rounded(added(0.99), 2),
    syncMs: rounded(syncMs, 3),
    cpuMsPerPhoto: {
      webTier: rounded(median(cpu.map(([web = 0]) => web)), 2),
      workers: rounded(median(cpu.map(([, workers = 0]) => workers)), 2),
      client: rounded(median(cpu.map(([, , load = 0]) => load)), 2),
      bareRecogniser: rounded(median(rounds.map(({ alone: { cpuMs } }) => cpuMs[0] ?? 0)), 2),
    },
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
} finally {
  for (const process of bare) process.stop();
  await service.stop();
  rmSync(folder, { recursive: true });
}

/** Uploads photos, so many at a time; the milliseconds that each took. */
async function upload(duration: number, clients: number): Promise<number[]> {
  const times: number[] = [];
  await service.load({ clients, forMs: duration }, ({ status, text, milliseconds }) => {
    if (status !== 200) throw new Error(`A photo was answered with ${status}: ${text}`);
    times.push(milliseconds);
  });
  return times;
}

/** Recognises photos in every bare process, so many at a time in each. */
async function recognise(duration: number, inFlight: number): Promise<number[]> {
  const runs = await Promise.all(bare.map((one) => one.run({ forMs: duration, inFlight })));
  return runs.flat();
}

/** The rate of a run, and what processor time a photo took in it. */
async function counted(
  run: () => Promise<readonly number[]>,
  cpuOf: () => readonly number[],
): Promise<{ perSecond: number; cpuMs: number[] }> {
  const before = cpuOf();
  const start = performance.now();
  const { length: count } = await run();
  const seconds = (performance.now() - start) / 1000;
  const cpuMs = cpuOf().map((after, i) => (after - (before[i] ?? 0)) / count);
  return { perSecond: count / seconds, cpuMs };
}

function serviceCpu(): number[] {
  return [[service.webTierPid], service.workerPids, [process.pid]].map(cpuMsOf);
}

function bareCpu(): number[] {
  return [cpuMsOf(bare.map(({ pid }) => pid))];
}

function cpuMsOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + usageOf(pid).cpuMs, 0);
}
