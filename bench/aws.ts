import { randomUUID } from 'node:crypto';

import { Command } from 'commander';
import pino from 'pino';
import { createActor } from 'xstate';

import { type AwsWorld, openAwsWorld } from '../src/adapters/aws/world.ts';
import { systemClock } from '../src/adapters/system-clock.ts';
import { sleep } from '../src/bus/clock.ts';
import { encodeRequest } from '../src/bus/messages.ts';
import { workerSteps } from '../src/machines/worker-steps.ts';
import { workerMachine } from '../src/machines/worker.ts';
import { packageRoot } from '../src/package-root.ts';
import { startWeb } from '../src/roles/web.ts';
import { startWorker } from '../src/roles/worker.ts';
import { deploy } from '../test/aws-deployment.ts';
import { startMoto } from '../test/moto.ts';
import { samplePhoto } from '../test/sample-photos.ts';
import { countCalls } from './aws-calls.ts';
import { startFauxqsServer } from './fauxqs.ts';
import { progressBar } from './progress.ts';
import { median, rounded } from './statistics.ts';

new Command('bench:aws')
  .description(
    'How many AWS calls a photo costs the web tier (64 clients, 19 workers that take 100 ms a photo)\n' +
      'and a worker (the real one, with work enough), and what the queues and buckets add to the\n' +
      'time of an answer. SQS is fauxqs and S3 is moto, both on loopback.',
  )
  .parse();

const FLEET = 'bench';
const CLIENTS = 64;
const WORKERS = 19;
const RECOGNITION_MS = 100;
const PHOTOS_TO_WEB = 300;
const PHOTOS_TO_WORKER = 100;
/** Photos before and after those that are counted, while slots start and run dry. */
const MARGIN = 20;
const PHOTOS_ALONE = 20;

const NAMES = {
  requestQueue: `${FLEET}-req-queue`,
  responseQueue: `${FLEET}-resp-queue`,
  eventsQueue: `${FLEET}-events-queue`,
  inputBucket: `${FLEET}-in-bucket`,
  outputBucket: `${FLEET}-out-bucket`,
  galleryBucket: `${FLEET}-gallery-bucket`,
};
const SETTINGS = {
  modelsDir: `${packageRoot}/models`,
  embedder: 'mobilefacenet',
  visibilityTimeout: 30,
  host: '127.0.0.1',
  port: 0,
  deadline: 60,
  maxQueueDepth: 10_000,
  retention: 30,
  adminKey: undefined,
};

const log = pino({ level: 'error' }, pino.destination(2));
const photo = await samplePhoto(1);
const moto = await startMoto(['sqs', 's3']);
const fauxqs = await startFauxqsServer();
Object.assign(process.env, {
  AWS_ENDPOINT_URL_S3: moto.url,
  AWS_ENDPOINT_URL_SQS: fauxqs.url,
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
});
try {
  await deploy(FLEET);
  const web = await measureWeb();
  const workerCallsPerPhoto1 = await measureWorker(1);
  const workerCallsPerPhoto10 = await measureWorker(10);
  const figures = { ...web, workerCallsPerPhoto1, workerCallsPerPhoto10 };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
} finally {
  await moto.stop();
  fauxqs.stop();
}

/** The real web tier, and workers whose recognition is a pause. */
async function measureWeb(): Promise<{ webCallsPerPhoto: number; addedLatencyMs: number }> {
  const world = await openAwsWorld(NAMES);
  const calls = countCalls(world);
  const web = await startWeb(world, SETTINGS, log);
  const fleet = await Promise.all(Array.from({ length: WORKERS }, () => startModelledWorker()));

  const alone: number[] = [];
  for (let i = 0; i < PHOTOS_ALONE; i++) alone.push(await upload(web.url));
  calls.reset();
  const bar = progressBar('photos', PHOTOS_TO_WEB);
  let left = PHOTOS_TO_WEB;
  const client = async (): Promise<void> => {
    while (left-- > 0) {
      await upload(web.url);
      bar.increment();
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  bar.stop();
  const webCallsPerPhoto = calls.forPhotos() / PHOTOS_TO_WEB;
  report('web tier', calls.byCommand);

  await web.stop();
  await Promise.all(fleet.map((stop) => stop()));
  await world.close();
  return {
    webCallsPerPhoto: rounded(webCallsPerPhoto, 2),
    addedLatencyMs: rounded(median(alone) - RECOGNITION_MS, 1),
  };
}

/** Sends one photo; resolves with the milliseconds until its answer. */
async function upload(url: string): Promise<number> {
  const start = performance.now();
  const form = new FormData();
  form.append('photo', new Blob([new Uint8Array(photo)]), `${randomUUID()}.jpg`);
  const response = await fetch(url, { method: 'POST', body: form });
  const text = await response.text();
  if (!response.ok) throw new Error(`An upload was answered ${response.status}: ${text}`);
  return performance.now() - start;
}

async function startModelledWorker(): Promise<() => Promise<void>> {
  const world = await openAwsWorld(NAMES);
  const steps = workerSteps({
    clock: systemClock,
    ...world,
    decode: async (bytes) => ({
      bytes,
      async recognise() {
        await sleep(systemClock, RECOGNITION_MS);
        return { faces: [], gallerySize: 0 };
      },
    }),
    visibilitySeconds: SETTINGS.visibilityTimeout,
  });
  const worker = createActor(workerMachine.provide({ actors: steps }), {
    input: { maxReceiveCount: world.requests.maxReceiveCount },
  }).start();
  return async () => {
    worker.stop();
    await world.close();
  };
}

/** The real worker, while there is always more to do than it has slots. */
async function measureWorker(slots: number): Promise<number> {
  const sender = await openAwsWorld(NAMES);
  const world = await openAwsWorld(NAMES);
  const calls = countCalls(world);
  const total = PHOTOS_TO_WORKER + 2 * MARGIN;
  for (let i = 0; i < total; i++) {
    const image = Buffer.from(photo).toString('base64');
    await sender.requests.send(
      encodeRequest({ id: `${i}`, fileName: `${i}.jpg`, replyTo: NAMES.responseQueue, image }),
    );
  }
  const worker = await startWorker(world, { ...SETTINGS, slots }, log);
  await replied(sender, MARGIN);
  calls.reset();
  await replied(sender, PHOTOS_TO_WORKER);
  // A worker puts each photo and each result: who came how far at this moment does not matter.
  const perPhoto = calls.forPhotos() / ((calls.byCommand.get('PutObject') ?? 0) / 2);
  report(`worker with ${slots} slots`, calls.byCommand);
  await replied(sender, MARGIN);
  worker.drain();
  await worker.done;
  await world.close();
  await sender.close();
  return rounded(perPhoto, 2);
}

/** Resolves when so many more replies have come. */
async function replied({ replies }: AwsWorld, count: number): Promise<void> {
  for (let left = count; left > 0;) {
    const messages = await replies.receive({
      max: Math.min(left, 10),
      waitSeconds: 20,
      visibilitySeconds: 30,
    });
    left -= messages.length;
    await replies.delete(messages.map(({ receiptHandle }) => receiptHandle));
  }
}

function report(who: string, byCommand: ReadonlyMap<string, number>): void {
  const counts = [...byCommand].map(([name, count]) => `${name} ${count}`).join(', ');
  process.stdout.write(`${who}: ${counts}\n`);
}
