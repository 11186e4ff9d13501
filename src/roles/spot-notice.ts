import type { InstanceMetadata, InterruptionNotice } from '../adapters/aws/imds.ts';
import { type Clock, sleep } from '../bus/clock.ts';

export interface SpotNoticeOptions {
  readonly clock: Clock;
  readonly imds: Pick<InstanceMetadata, 'interruption'>;
  /** Called once: the instance will be taken back. */
  readonly onNotice: (notice: InterruptionNotice) => void;
}

/** As often as EC2's user guide says to look ("Spot Instance interruption notices"). */
const LOOK_EVERY_MS = 5000;

/** Looks for the notice that this spot instance will be taken back; the result ends that. */
export function watchSpotNotice({ clock, imds, onNotice }: SpotNoticeOptions): () => void {
  const stopped = new AbortController();
  const { signal } = stopped;
  const watch = async (): Promise<void> => {
    while (!signal.aborted) {
      // Once it does not answer it will the next time; there are two minutes.
      const notice = await imds.interruption().catch(() => undefined);
      if (signal.aborted) return;
      if (notice !== undefined) {
        onNotice(notice);
        return;
      }
      await sleep(clock, LOOK_EVERY_MS, signal);
    }
  };
  void watch();
  return () => stopped.abort();
}
