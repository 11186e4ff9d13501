import '../counted.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, expect, it, vi } from 'vitest';

import { type LocalWorld, openLocalWorld } from '../../src/adapters/local/world.ts';
import { seededRandom } from '../../src/bus/random.ts';
import { packageRoot } from '../../src/package-root.ts';
import { type Portrait, portraitsOf, writePeople } from '../portraits.ts';
import { isPhotoStored, requestsOf, resultOf, untilDrained } from './results.ts';
import { facefleet, type Service, startService, upload } from './service.ts';

const WORKERS = ['worker-1', 'worker-2'];

const DIE = pathToFileURL(join(packageRoot, 'test', 'e2e', 'die.js'));

/** `npm run test:kill` asks for more. */
const ROUNDS = Number(process.env['KILL_ROUNDS'] ?? 3);
const SEED = Number(process.env['KILL_SEED'] ?? 1);
const UPLOADS = 20;

/** Long enough to die at any stage of the first photos or of the last ones. */
const LATEST_KILL_MS = 500;

vi.setConfig({ testTimeout: 30_000 + ROUNDS * 20_000 });

/** A file to upload and who is on it. */
interface File extends Portrait {
  readonly fileName: string;
}

let root: string;
let portraits: Portrait[];
let dataDir: string;
let world: LocalWorld;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'facefleet-e2e-'));
  portraits = await portraitsOf(5);
  await writePeople(join(root, 'people'), portraits);
  dataDir = join(root, 'data');
  await facefleet('enroll', join(root, 'people'), '--data-dir', dataDir);
  world = await openLocalWorld(dataDir);
});

afterAll(async () => {
  await world.close();
  await rm(root, { recursive: true, force: true });
});

const start = (workers: number): Promise<Service> => {
  const settings = {
    '--data-dir': dataDir,
    '--min-instances': `${workers}`,
    '--max-instances': `${workers}`,
  };
  return startService(...Object.entries(settings).flat());
};

function killWorker(name: string): void {
  const pid = world.processes.get(name)?.pid;
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
}

it.each([
  'before it is decoded',
  'when it is decoded',
  'when it is in the input bucket',
  'while it is recognised',
  'when it is answered',
  'when its result is in the output bucket',
  'when its request is deleted',
])('a photo gets its result although the service is killed %s', async (moment) => {
  const fileName = `${moment}.jpg`;
  const { name, photo } = portraits[0] as Portrait;
  vi.stubEnv('NODE_OPTIONS', `--import ${DIE.href}`);
  vi.stubEnv('MOMENT_OF_DEATH', moment);
  const doomed = await start(1);
  vi.unstubAllEnvs();
  const answer = upload(doomed.url, { [fileName]: photo }).catch(() => 'cut off');
  await doomed.ended;
  await answer;

  const service = await start(1);
  await untilDrained(world);
  expect(await resultOf(world, fileName)).toBe(name);
  await service.stop();
});

it('uploads get their right results although processes are killed at random', async ({ task }) => {
  const random = seededRandom(SEED);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;
  const counts = { answered: 0, accepted: 0, worker: 0, web: 0, all: 0 };
  let service = await start(2);

  for (let round = 0; round < ROUNDS; round++) {
    const files = filesOf(round);
    const uploads = files.map(({ fileName, photo }) =>
      upload(service.url, { [fileName]: photo }).catch(() => undefined),
    );
    await pause(random() * LATEST_KILL_MS);
    const victim = pick(['worker', 'web', 'all'] as const);
    if (victim === 'worker') killWorker(pick(WORKERS));
    if (victim === 'all') WORKERS.forEach(killWorker);
    if (victim !== 'worker') await service.kill();
    // With everybody dead, what lies in the queue is what was accepted and is not finished.
    const queued = victim === 'all' ? await requestsOf(world) : 0;
    if (victim !== 'worker') service = await start(2);

    const answers = await Promise.all(uploads);
    await untilDrained(world);
    const results = await Promise.all(files.map(({ fileName }) => resultOf(world, fileName)));
    const isStored = await Promise.all(files.map(({ fileName }) => isPhotoStored(world, fileName)));
    // Whether a photo was accepted before its upload was cut off, nobody was told.
    const isAccepted = answers.map((answer, i) => answer !== undefined || isStored[i]);
    expect(results).toEqual(files.map(({ name }, i) => (isAccepted[i] ? name : undefined)));
    expect(answers).toEqual(files.map((file, i) => answers[i] && rightAnswer(file)));
    const accepted = isAccepted.filter(Boolean).length;
    expect(accepted).toBeGreaterThanOrEqual(queued);

    counts[victim]++;
    counts.answered += answers.filter((answer) => answer !== undefined).length;
    counts.accepted += accepted;
  }
  expect(await world.deadLetters.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  await service.stop();

  const { answered, accepted, worker, web, all } = counts;
  expect(answered).toBeGreaterThan(0);
  task.meta.counted =
    `kill -9, seed ${SEED}: ${ROUNDS} rounds (a worker ${worker}, the web tier ${web}, all ${all}), ` +
    `${ROUNDS * UPLOADS} uploads, ${answered} answered, ${accepted - answered} accepted and cut off: ` +
    `${accepted} right results`;
});

const filesOf = (round: number): File[] =>
  Array.from({ length: UPLOADS }, (_, i) => ({
    fileName: `${round}-${i}.jpg`,
    ...(portraits[i % portraits.length] as Portrait),
  }));

const rightAnswer = ({ fileName, name }: File) => ({ status: 200, text: `${fileName}:${name}\n` });
