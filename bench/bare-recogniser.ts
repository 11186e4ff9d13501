import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import type {
  BareRecogniserRun,
  BareRecogniserSetup,
  BareRecogniserTimes,
} from './bare-recogniser-run.ts';

/** The recogniser by itself in a process of its own: what a worker could do if it did nothing else. */
export class BareRecogniser {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(setup: BareRecogniserSetup): Promise<BareRecogniser> {
    const child = fork(join(import.meta.dirname, 'bare-recogniser-run.js'), {
      serialization: 'advanced',
    });
    child.send(setup);
    await once(child, 'message');
    return new BareRecogniser(child);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async run(run: BareRecogniserRun): Promise<BareRecogniserTimes> {
    this.#child.send(run);
    const [times]: unknown[] = await once(this.#child, 'message');
    return times as BareRecogniserTimes;
  }

  stop(): void {
    this.#child.disconnect();
  }
}
