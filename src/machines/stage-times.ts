import type { Clock } from '../bus/clock.ts';
import type { Job } from './worker-setup.ts';

/** Milliseconds by stage. */
export type Stages = Record<string, number>;

/** A lap timer for the photos in hand: each stage began when the one before it ended. */
export class StageTimes {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #laps = new WeakMap<Job, { at: number; readonly stages: Stages }>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** The photo is in hand; until then it waited in the queue. */
  begin(job: Job): void {
    const at = this.#clock.now();
    // The queue's clock may be another machine's.
    this.#laps.set(job, { at, stages: { wait: Math.max(0, at - job.message.sentAt) } });
  }

  end(job: Job, stage: string): void {
    const lap = this.#laps.get(job);
    if (lap === undefined) return;
    const now = this.#clock.now();
    lap.stages[stage] = now - lap.at;
    lap.at = now;
  }

  /** What is known so far. */
  of(job: Job): Stages {
    return this.#laps.get(job)?.stages ?? {};
  }
}
