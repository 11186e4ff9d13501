import type { Clock } from '../bus/clock.ts';
import type { Job } from './worker-setup.ts';

/** Milliseconds by stage. */
export type Stages = Record<string, number>;

/** How long the stages of the photos in hand took; stages of one photo may overlap. */
export class StageTimes {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #stages = new WeakMap<Job, Stages>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** The photo is in hand; until then it waited in the queue. */
  begin(job: Job): void {
    // The queue's clock may be another machine's.
    this.#stages.set(job, { wait: Math.max(0, this.#clock.now() - job.message.sentAt) });
  }

  /** Does the work of a stage. What fails is not measured. */
  async measure<T>(job: Job, stage: string, work: () => Promise<T>): Promise<T> {
    const start = this.#clock.now();
    const result = await work();
    this.of(job)[stage] = this.#clock.now() - start;
    return result;
  }

  /** What is known so far. */
  of(job: Job): Stages {
    return this.#stages.get(job) ?? {};
  }
}
