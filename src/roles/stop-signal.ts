/**
 * Calls `stop` once, at the first SIGTERM or SIGINT. A second one ends the process on the spot:
 * whoever sends it does not want to wait.
 */
export function onStopSignal(stop: () => void): void {
  let isStopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (isStopping) process.exit(signal === 'SIGTERM' ? 143 : 130);
      isStopping = true;
      stop();
    });
  }
}
