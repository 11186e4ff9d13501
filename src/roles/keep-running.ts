import { type Clock, sleep } from '../bus/clock.ts';
import type { Fleet } from '../bus/fleet.ts';
import type { Logger } from '../log.ts';

const LOOK_EVERY_MS = 1000;
const LOOK_WHILE_STOPPING_MS = 50;

/** Keeps every instance of a fleet running until told to stop; then waits until all have stopped. */
export function keepRunning(fleet: Fleet, clock: Clock, log: Logger): { stop(): Promise<void> } {
  const stopped = new AbortController();

  const startStopped = async (): Promise<void> => {
    const instances = await fleet.describe();
    const ids = instances.filter(({ state }) => state === 'stopped').map(({ id }) => id);
    for (const result of await fleet.start(ids)) {
      if ('error' in result) log.error(result, 'an instance could not be started');
    }
  };
  const watch = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await startStopped();
      await sleep(clock, LOOK_EVERY_MS, stopped.signal);
    }
  };
  const watching = watch();

  return {
    async stop() {
      stopped.abort();
      await watching;
      for (;;) {
        const instances = await fleet.describe();
        const alive = instances.filter(({ state }) => state !== 'stopped');
        if (alive.length === 0) return;
        await fleet.stop(alive.filter(({ state }) => state !== 'stopping').map(({ id }) => id));
        await sleep(clock, LOOK_WHILE_STOPPING_MS);
      }
    },
  };
}
