import type { Clock } from '../bus/clock.ts';
import type { PublishedEvent } from '../bus/event-bus.ts';
import { WORKER_HEARTBEAT_MS } from '../bus/events.ts';
import type { QueueDepth } from '../bus/queue.ts';
import type { Traffic } from '../machines/traffic.ts';
import type { Work } from './work.ts';

export interface ModelledWorkOptions {
  readonly clock: Clock;
  readonly publish: (event: PublishedEvent) => void;
  /** Draws how long a worker needs for a photo, in milliseconds. */
  readonly serviceMs: () => number;
  /** Whether the end of a worker's process is told, as the local fleet does and EC2 does not. */
  readonly tellsExit: boolean;
  /** Hears what arrives and is answered. */
  readonly traffic?: Pick<Traffic, 'arrived' | 'answered'>;
}

interface Photo {
  readonly id: string;
  readonly submittedAt: number;
}

interface ModelledWorker {
  readonly id: string;
  photo: Photo | undefined;
  done: number;
  isHung: boolean;
  isDraining: boolean;
  timer: unknown;
  drained: () => void;
}

/** A message whose worker died is visible again after so long; one whose worker hangs, later. */
const VISIBILITY_MS = 30_000;
const MAX_HIDDEN_MS = 150_000;

/** A worker that does not drain is killed after so long, as systemd does (TimeoutStopSec). */
const STOP_TIMEOUT_MS = 180_000;

/**
 * A queue and its workers as plain arithmetic: one photo at a time, for as long as is drawn. Outside
 * it behaves like the real ones, and it is fast enough to simulate months.
 */
export class ModelledWork implements Work {
  requests = { depth: async () => this.#depth() };
  answered = 0;
  readonly #options: ModelledWorkOptions;
  readonly #workers = new Map<string, ModelledWorker>();
  readonly #visible: Photo[] = [];
  #inFlight = 0;
  #submitted = 0;

  constructor(options: ModelledWorkOptions) {
    this.#options = options;
  }

  get unanswered(): number {
    return this.#submitted - this.answered;
  }

  submit(): void {
    const { clock, traffic } = this.#options;
    this.#visible.push({ id: `photo-${++this.#submitted}`, submittedAt: clock.now() });
    traffic?.arrived();
    this.#handOut();
  }

  booted(id: string): void {
    const worker: ModelledWorker = {
      id,
      photo: undefined,
      done: 0,
      isHung: false,
      isDraining: false,
      timer: undefined,
      drained: () => {},
    };
    this.#workers.set(id, worker);
    this.#options.publish({ type: 'worker.ready', instance: id });
    this.#rest(worker);
    this.#handOut();
  }

  drain(id: string): Promise<void> {
    const worker = this.#workers.get(id);
    if (!worker) return Promise.resolve();
    worker.isDraining = true;
    if (!worker.isHung) this.#options.publish({ type: 'worker.draining', instance: id });
    return new Promise((resolve) => {
      worker.drained = resolve;
      if (worker.isHung) this.#options.clock.setTimeout(() => this.#end(worker), STOP_TIMEOUT_MS);
      else if (worker.photo === undefined) this.#end(worker);
    });
  }

  killed(id: string): void {
    const worker = this.#workers.get(id);
    if (!worker) return;
    if (worker.photo !== undefined) this.#returnLater(worker.photo, VISIBILITY_MS);
    this.#end(worker);
  }

  hang(id: string): void {
    const worker = this.#workers.get(id);
    if (!worker) return;
    worker.isHung = true;
    this.#options.clock.clearTimeout(worker.timer);
    if (worker.photo !== undefined) this.#returnLater(worker.photo, MAX_HIDDEN_MS);
    worker.photo = undefined;
  }

  /** Gives waiting photos to workers with empty hands. */
  #handOut(): void {
    for (const worker of this.#workers.values()) {
      if (this.#visible.length === 0) return;
      if (worker.photo === undefined && !worker.isHung && !worker.isDraining) this.#take(worker);
    }
  }

  #take(worker: ModelledWorker): void {
    const photo = this.#visible.shift();
    if (photo === undefined) return;
    worker.photo = photo;
    this.#inFlight++;
    const { clock, publish, serviceMs } = this.#options;
    publish({ type: 'worker.busy', instance: worker.id, photo: photo.id, done: worker.done });
    clock.clearTimeout(worker.timer);
    worker.timer = clock.setTimeout(() => this.#finish(worker), serviceMs());
  }

  #finish(worker: ModelledWorker): void {
    const { clock, traffic } = this.#options;
    traffic?.answered(clock.now() - (worker.photo?.submittedAt ?? 0));
    worker.photo = undefined;
    worker.done++;
    this.#inFlight--;
    this.answered++;
    if (worker.isDraining) {
      this.#end(worker);
    } else if (this.#visible.length > 0) {
      this.#take(worker);
    } else {
      this.#rest(worker);
    }
  }

  /** Says that it has nothing to do, again with every heartbeat. */
  #rest(worker: ModelledWorker): void {
    const { clock, publish } = this.#options;
    publish({ type: 'worker.idle', instance: worker.id, done: worker.done });
    worker.timer = clock.setTimeout(() => this.#rest(worker), WORKER_HEARTBEAT_MS);
  }

  #end(worker: ModelledWorker): void {
    if (this.#workers.get(worker.id) !== worker) return;
    const { clock, publish, tellsExit } = this.#options;
    this.#workers.delete(worker.id);
    clock.clearTimeout(worker.timer);
    worker.drained();
    if (tellsExit) publish({ type: 'worker.exited', instance: worker.id });
  }

  #returnLater(photo: Photo, ms: number): void {
    this.#options.clock.setTimeout(() => {
      this.#inFlight--;
      this.#visible.push(photo);
      this.#handOut();
    }, ms);
  }

  #depth(): QueueDepth {
    return { visible: this.#visible.length, inFlight: this.#inFlight, delayed: 0 };
  }
}
