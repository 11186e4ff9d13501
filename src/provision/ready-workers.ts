import { type Clock, sleep } from '../bus/clock.ts';
import { readyKeyOf } from '../bus/object-key.ts';
import type { ObjectStore } from '../bus/store.ts';

export interface ReadyWait {
  readonly clock: Clock;
  readonly outputBucket: Pick<ObjectStore, 'head'>;
  /** Milliseconds. */
  readonly patienceMs: number;
  /** Which of these there is no use in waiting for: they have stopped, or are gone. */
  readonly lost?: (ids: readonly string[]) => Promise<ReadonlySet<string>>;
  readonly onReady?: (id: string) => void;
}

const LOOK_EVERY_MS = 2000;

/**
 * Waits until the workers of newly launched instances are ready. Resolves with the ids of those that
 * were not within the time, or never will be.
 */
export async function untilReady(ids: readonly string[], wait: ReadyWait): Promise<string[]> {
  const { clock, outputBucket, patienceMs, lost, onReady } = wait;
  const end = clock.now() + patienceMs;
  const given: string[] = [];
  let waiting = [...ids];
  for (;;) {
    const heads = await Promise.all(waiting.map((id) => outputBucket.head(readyKeyOf(id))));
    const ready = waiting.filter((_, index) => heads[index] !== undefined);
    for (const id of ready) onReady?.(id);
    waiting = waiting.filter((id) => !ready.includes(id));
    if (waiting.length > 0 && lost !== undefined) {
      const gone = await lost(waiting);
      given.push(...waiting.filter((id) => gone.has(id)));
      waiting = waiting.filter((id) => !gone.has(id));
    }
    if (waiting.length === 0 || clock.now() >= end) return [...given, ...waiting];
    await sleep(clock, LOOK_EVERY_MS);
  }
}
