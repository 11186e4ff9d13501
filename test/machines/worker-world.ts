import { type Actor, createActor } from 'xstate';

import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import { MemoryQueues } from '../../src/adapters/memory/queues.ts';
import { MemoryStore } from '../../src/adapters/memory/store.ts';
import {
  decodeReply,
  encodeRequest,
  type Outcome,
  type RecognitionReply,
} from '../../src/bus/messages.ts';
import type { WorkerEmitted } from '../../src/machines/worker-setup.ts';
import { type WorkerPorts, workerSteps } from '../../src/machines/worker-steps.ts';
import { workerMachine } from '../../src/machines/worker.ts';

export const ADA: Outcome = {
  faces: [{ box: { x: 1, y: 2, width: 3, height: 4 }, score: 0.9, name: 'Ada', similarity: 0.8 }],
  gallerySize: 1,
};

/** Queues and buckets in memory on a stepped clock, and workers that recognise Ada everywhere. */
export class WorkerWorld {
  readonly clock = new SteppedClock(1_000_000);
  readonly queues = new MemoryQueues(this.clock);
  readonly inputBucket = new MemoryStore('in-bucket', this.clock);
  readonly outputBucket = new MemoryStore('out-bucket', this.clock);
  readonly galleryBucket = new MemoryStore('gallery-bucket', this.clock);
  readonly emitted: WorkerEmitted[] = [];

  static async create(): Promise<WorkerWorld> {
    const world = new WorkerWorld();
    await world.queues.create('dead-letter-queue');
    await world.queues.create('req-queue', { deadLetterQueue: 'dead-letter-queue' });
    await world.queues.create('resp-queue');
    return world;
  }

  async startWorker(overrides: Partial<WorkerPorts> = {}): Promise<Actor<typeof workerMachine>> {
    const requests = await this.queues.open('req-queue');
    const ports: WorkerPorts = {
      clock: this.clock,
      requests,
      queues: this.queues,
      inputBucket: this.inputBucket,
      outputBucket: this.outputBucket,
      galleryBucket: this.galleryBucket,
      decode: async (bytes) => ({ bytes, recognise: async () => ADA, analyse: async () => bytes }),
      visibilitySeconds: 30,
      ...overrides,
    };
    const worker = createActor(workerMachine.provide({ actors: workerSteps(ports) }), {
      clock: this.clock,
      input: { maxReceiveCount: requests.maxReceiveCount },
    });
    worker.on('*', (event) => this.emitted.push(event));
    return worker.start();
  }

  async request(
    id: string,
    image: string | { bucket: string; key: string; versionId: string },
    kind: 'recognise' | 'enrol' = 'recognise',
  ) {
    const requests = await this.queues.open('req-queue');
    await requests.send(
      encodeRequest({ id, kind, fileName: `${id}.jpg`, replyTo: 'resp-queue', image }),
    );
  }

  /** The replies that wait, taken off their queue. */
  async replies(): Promise<RecognitionReply[]> {
    const queue = await this.queues.open('resp-queue');
    const messages = await queue.receive({ max: 10, waitSeconds: 0, visibilitySeconds: 30 });
    await queue.delete(messages.map((message) => message.receiptHandle));
    return messages.map((message) => decodeReply(message.body));
  }

  async depth(name = 'req-queue') {
    const { visible, inFlight, delayed } = await (await this.queues.open(name)).depth();
    return { visible, inFlight, delayed };
  }

  async result(fileName: string): Promise<unknown> {
    const { body } = await this.outputBucket.get(fileName);
    return JSON.parse(Buffer.from(body).toString());
  }
}

export const EMPTY = { visible: 0, inFlight: 0, delayed: 0 };
export const photo = (text: string): string => Buffer.from(text).toString('base64');
