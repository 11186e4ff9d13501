import { type ActorRefFrom, createActor } from 'xstate';

import { MemoryQueue } from '../adapters/memory/queue.ts';
import { MemoryStore } from '../adapters/memory/store.ts';
import { type Clock, sleep } from '../bus/clock.ts';
import { WORKER_HEARTBEAT_MS } from '../bus/events.ts';
import type { Outcome } from '../bus/messages.ts';
import { RequestExpiredError } from '../machines/request.ts';
import { startWebTier, type WebTier } from '../machines/web-tier.ts';
import type { WorkerEmitted } from '../machines/worker-setup.ts';
import { workerSteps } from '../machines/worker-steps.ts';
import { workerMachine } from '../machines/worker.ts';
import type { WorkParts } from './simulation.ts';
import type { Work } from './work.ts';

interface ServiceWorker {
  readonly id: string;
  readonly actor: ActorRefFrom<typeof workerMachine>;
  done: number;
  isHung: boolean;
  heartbeat: unknown;
}

/** What the simulated recogniser sees in every photo. */
const NO_FACES: Outcome = { faces: [], gallerySize: 0 };
const PHOTO = new Uint8Array(100);

const VISIBILITY_SECONDS = 30;
const DEADLINE_MS = 180_000;
const MAX_RECEIVE_COUNT = 5;
const MAX_MESSAGE_BYTES = 2 ** 20;

/** The promise of what never comes. */
const forever = (): Promise<never> => new Promise<never>(() => {});

/**
 * The work done by the service's own machines: web tier, reply consumer, requests and workers on
 * queues and buckets in memory. Only recognition is modelled: it takes as long as is drawn.
 */
export class ServiceWork implements Work {
  readonly requests: MemoryQueue;
  answered = 0;
  readonly #parts: WorkParts;
  readonly #replies: MemoryQueue;
  readonly #inputBucket: MemoryStore;
  readonly #outputBucket: MemoryStore;
  readonly #webTier: WebTier;
  readonly #workers = new Map<string, ServiceWorker>();
  #submitted = 0;

  constructor(parts: WorkParts) {
    const { clock } = parts;
    this.#parts = parts;
    const deadLetters = memoryQueue('dead-letter-queue', clock);
    this.requests = memoryQueue('req-queue', clock, deadLetters);
    this.#replies = memoryQueue('resp-queue', clock);
    this.#inputBucket = new MemoryStore('in-bucket', clock);
    this.#outputBucket = new MemoryStore('out-bucket', clock);
    this.#webTier = startWebTier({
      clock,
      requests: this.requests,
      replies: this.#replies,
      deadLetters,
      inputBucket: this.#inputBucket,
      outputBucket: this.#outputBucket,
      galleryBucket: new MemoryStore('gallery-bucket', clock),
      deadlineMs: DEADLINE_MS,
      onStage: () => {},
      onFailure: (_, error) => {
        throw error;
      },
    });
  }

  get unanswered(): number {
    return this.#submitted - this.answered;
  }

  submit(): void {
    const id = `photo-${++this.#submitted}`;
    void this.#upload(id);
  }

  booted(id: string): void {
    const { clock, publish, serviceMs } = this.#parts;
    const recognise = async (): Promise<Outcome> => {
      await sleep(clock, serviceMs());
      return worker.isHung ? forever() : NO_FACES;
    };
    const steps = workerSteps({
      clock,
      requests: this.requests,
      queues: { open: async () => this.#replies },
      inputBucket: this.#inputBucket,
      outputBucket: this.#outputBucket,
      decode: async (bytes) => ({ bytes, recognise }),
      visibilitySeconds: VISIBILITY_SECONDS,
    });
    const actor = createActor(workerMachine.provide({ actors: steps }), {
      clock,
      input: { maxReceiveCount: MAX_RECEIVE_COUNT },
    });
    const worker: ServiceWorker = { id, actor, done: 0, isHung: false, heartbeat: undefined };
    this.#workers.set(id, worker);
    actor.on('*', (event) => this.#tell(worker, event));
    publish({ type: 'worker.ready', instance: id });
    actor.start();
    this.#rest(worker);
  }

  drain(id: string): Promise<void> {
    const worker = this.#workers.get(id);
    if (!worker) return Promise.resolve();
    return new Promise((resolve) => {
      worker.actor.subscribe({
        complete: () => {
          this.#end(worker);
          resolve();
        },
      });
      worker.actor.send({ type: 'DRAIN' });
    });
  }

  killed(id: string): void {
    const worker = this.#workers.get(id);
    if (!worker) return;
    worker.actor.stop();
    this.#end(worker);
  }

  hang(id: string): void {
    const worker = this.#workers.get(id);
    if (!worker) return;
    worker.isHung = true;
    this.#parts.clock.clearTimeout(worker.heartbeat);
  }

  /** A photo whose deadline passed stays unanswered, though it will be recognised. */
  async #upload(id: string): Promise<void> {
    const upload = { id, fileName: `${id}.jpg`, photo: PHOTO };
    const queued = await this.#webTier.queue(upload, new AbortController().signal);
    try {
      await queued.answer();
      this.answered++;
    } catch (error) {
      if (!(error instanceof RequestExpiredError)) throw error;
    }
  }

  #tell(worker: ServiceWorker, event: WorkerEmitted): void {
    if (worker.isHung) return;
    const { clock, publish } = this.#parts;
    const { id: instance, done } = worker;
    switch (event.type) {
      case 'busy':
        clock.clearTimeout(worker.heartbeat);
        publish({ type: 'worker.busy', instance, photo: event.requestId, done });
        break;
      case 'idle':
        worker.done++;
        this.#rest(worker);
        break;
      case 'draining':
        publish({ type: 'worker.draining', instance });
        break;
      case 'failed':
        break;
    }
  }

  /** Says that it has nothing to do, again with every heartbeat. */
  #rest(worker: ServiceWorker): void {
    const { clock, publish } = this.#parts;
    publish({ type: 'worker.idle', instance: worker.id, done: worker.done });
    worker.heartbeat = clock.setTimeout(() => this.#rest(worker), WORKER_HEARTBEAT_MS);
  }

  #end(worker: ServiceWorker): void {
    const { clock, publish, tellsExit } = this.#parts;
    clock.clearTimeout(worker.heartbeat);
    this.#workers.delete(worker.id);
    if (tellsExit) publish({ type: 'worker.exited', instance: worker.id });
  }
}

function memoryQueue(name: string, clock: Clock, deadLetterQueue?: MemoryQueue): MemoryQueue {
  let lastId = 0;
  const settings = {
    maxReceiveCount: MAX_RECEIVE_COUNT,
    maxMessageBytes: MAX_MESSAGE_BYTES,
    ...(deadLetterQueue && { deadLetterQueue }),
  };
  return new MemoryQueue(name, settings, clock, () => `${name}-${++lastId}`);
}
