import type { Clock } from '../bus/clock.ts';
import {
  encodeWorkerEvent,
  type Unversioned,
  WORKER_HEARTBEAT_MS,
  type WorkerEvent,
} from '../bus/events.ts';
import type { MessageQueue } from '../bus/queue.ts';
import type { WorkerEmitted } from '../machines/worker-setup.ts';

export interface WorkerActivityOptions {
  readonly clock: Clock;
  readonly events: Pick<MessageQueue, 'send'>;
  readonly instance: string;
  readonly onFailure: (error: unknown) => void;
}

/** Reports go out this far apart, at least. */
const PAUSE_MS = 1000;

/** That there is nothing to do any more is told soon: the controller may want to stop the instance. */
const IDLE_AFTER_MS = 100;

type Report = Unversioned<Extract<WorkerEvent, { type: 'worker.busy' | 'worker.idle' }>>;

interface PhotoInHand {
  readonly id: string;
  readonly failed: boolean;
}

/**
 * Tells the controller what one worker process does, all its slots taken together: ready, busy from
 * the first photo in hand, idle when there is none, draining. Many photos make one report a second.
 */
export class WorkerActivity {
  readonly #options: WorkerActivityOptions;
  /** By slot, in the order in which they were taken in hand. */
  readonly #inHand = new Map<number, PhotoInHand>();
  #done = 0;
  #phase: 'starting' | 'working' | 'draining' = 'starting';
  #last: { readonly report: Report; readonly at: number } | undefined;
  #timer: unknown;
  #sending: Promise<void> = Promise.resolve();

  constructor(options: WorkerActivityOptions) {
    this.#options = options;
  }

  /** The worker takes photos, and its instance is known to run. */
  ready(): void {
    this.#phase = 'working';
    this.#send({ type: 'worker.ready', ...this.#now() });
    this.#schedule();
  }

  /** What one slot's machine says. */
  note(slot: number, event: WorkerEmitted): void {
    const photo = this.#inHand.get(slot);
    switch (event.type) {
      case 'busy':
        this.#inHand.set(slot, { id: event.requestId, failed: false });
        break;
      case 'failed':
        if (photo) this.#inHand.set(slot, { ...photo, failed: true });
        return;
      case 'idle':
        if (photo && !photo.failed) this.#done++;
        this.#inHand.delete(slot);
        break;
      case 'draining':
        this.#drain();
        return;
    }
    this.#schedule();
  }

  /** The worker has ended: tells of the photos that it finished last. Resolves when that is sent. */
  async close(): Promise<void> {
    this.#phase = 'draining';
    this.#options.clock.clearTimeout(this.#timer);
    if (this.#inHand.size === 0 && this.#done !== this.#last?.report.done) {
      this.#send(this.#state());
    }
    await this.#sending;
  }

  #drain(): void {
    if (this.#phase === 'draining') return;
    this.#phase = 'draining';
    this.#options.clock.clearTimeout(this.#timer);
    this.#send({ type: 'worker.draining', ...this.#now() });
  }

  #schedule(): void {
    if (this.#phase !== 'working') return;
    const { clock } = this.#options;
    clock.clearTimeout(this.#timer);
    const delay = this.#delay(clock.now());
    if (delay === 0) this.#report();
    else this.#timer = clock.setTimeout(() => this.#report(), delay);
  }

  #delay(now: number): number {
    const { report, at } = this.#last ?? { report: undefined, at: -Infinity };
    const state = this.#state();
    if (report && isSame(report, state)) return Math.max(0, at + WORKER_HEARTBEAT_MS - now);
    if (report?.type === 'worker.busy' && state.type === 'worker.idle') return IDLE_AFTER_MS;
    return Math.max(0, at + PAUSE_MS - now);
  }

  #report(): void {
    const report = this.#state();
    this.#last = { report, at: this.#options.clock.now() };
    this.#send(report);
    this.#schedule();
  }

  #state(): Report {
    const [oldest] = this.#inHand.values();
    const told = { ...this.#now(), done: this.#done };
    return oldest
      ? { type: 'worker.busy', ...told, photo: oldest.id }
      : { type: 'worker.idle', ...told };
  }

  #now(): { instance: string; at: number } {
    return { instance: this.#options.instance, at: this.#options.clock.now() };
  }

  /** A report that could not be sent is not sent again: the next one says more. */
  #send(event: Unversioned<WorkerEvent>): void {
    const { events, onFailure } = this.#options;
    this.#sending = this.#sending
      .then(() => events.send(encodeWorkerEvent(event)))
      .catch(onFailure);
  }
}

const isSame = (a: Report, b: Report): boolean =>
  JSON.stringify({ ...a, at: 0 }) === JSON.stringify({ ...b, at: 0 });
