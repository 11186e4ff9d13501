import type { Clock } from '../bus/clock.ts';
import { ReceiptHandleInvalidError } from '../bus/errors.ts';
import type { MessageQueue } from '../bus/queue.ts';
import { MAX_HIDDEN_SECONDS } from './worker-setup.ts';

export interface KeepHiddenPorts {
  readonly clock: Clock;
  readonly requests: Pick<MessageQueue, 'extend'>;
  /** How long a message in hand is hidden from others at a time, in seconds. */
  readonly visibilitySeconds: number;
}

/** Extends the visibility timeout at every half of it, until stopped, lost, or the limit is reached. */
export function keepHidden(
  { clock, requests, visibilitySeconds }: KeepHiddenPorts,
  receiptHandle: string,
  sendBack: (event: { type: 'LOST' } | { type: 'HUNG' }) => void,
): () => void {
  const limitMs = MAX_HIDDEN_SECONDS * 1000;
  // Counted by timers, which go on as before when the clock is set.
  let hiddenMs = 0;
  let stopped = false;
  let timer: unknown;

  const schedule = (): void => {
    const waitMs = Math.min((visibilitySeconds * 1000) / 2, limitMs - hiddenMs);
    timer = clock.setTimeout(() => {
      hiddenMs += waitMs;
      void extend();
    }, waitMs);
  };
  const extend = async (): Promise<void> => {
    const secondsLeft = (limitMs - hiddenMs) / 1000;
    if (secondsLeft <= 0) {
      sendBack({ type: 'HUNG' });
      return;
    }
    try {
      await requests.extend(receiptHandle, Math.min(visibilitySeconds, Math.ceil(secondsLeft)));
    } catch (error) {
      if (error instanceof ReceiptHandleInvalidError) {
        if (!stopped) sendBack({ type: 'LOST' });
        return;
      }
      // Any other failure may pass: the next half of the timeout is another try.
    }
    if (!stopped) schedule();
  };

  schedule();
  return () => {
    stopped = true;
    clock.clearTimeout(timer);
  };
}
