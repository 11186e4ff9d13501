import type { Logger } from '../log.ts';

/**
 * Calls `stop` once, at the first SIGTERM or SIGINT. A second one ends the process on the spot:
 * whoever sends it does not want to wait.
 */
export function onStopSignal(log: Pick<Logger, 'error'>, stop: () => void | Promise<void>): void {
  let isStopping = false;
  const handle = async (): Promise<void> => {
    if (isStopping) endAtOnce();
    isStopping = true;
    try {
      await stop();
    } catch (error) {
      log.error({ err: error }, 'stopping failed');
      process.exitCode = 1;
    }
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void handle());
}

/** Ends this process, whatever its threads are at: `process.exit` would wait for those of libuv. */
export function endAtOnce(): void {
  process.kill(process.pid, 'SIGKILL');
}
