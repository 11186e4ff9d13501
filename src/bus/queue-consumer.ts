import { type Clock, sleep } from './clock.ts';
import type { Message, MessageQueue } from './queue.ts';

export interface QueueConsumerOptions {
  readonly clock: Clock;
  readonly queue: Pick<MessageQueue, 'receive' | 'delete'>;
  readonly handle: (message: Message) => Promise<void>;
  /** Hears of a receive, a delete or a message that failed. */
  readonly onFailure: (error: unknown) => void;
}

const MESSAGES_A_RECEIVE = 10;
const WAIT_SECONDS = 20;
const VISIBILITY_SECONDS = 30;

/** How long to rest after messages could not be received or handled. */
const RETRY_MS = 1000;

export interface QueueConsumer {
  /** Receives no more; resolves when what was received is handled and deleted. */
  stop(): Promise<void>;
  /** Resolves when the last poll has ended too, which on SQS cannot be taken back. */
  readonly ended: Promise<void>;
}

/**
 * Reads a queue whose messages take no time worth mentioning: receives some, handles them, and deletes
 * them while it receives the next ones. What is not deleted comes again, and is handled again.
 */
export function consumeQueue(options: QueueConsumerOptions): QueueConsumer {
  const { clock, queue, handle, onFailure } = options;
  const stopped = new AbortController();
  const { signal } = stopped;
  /** Handles and deletes what was received last. */
  let handling = Promise.resolve();

  const receive = async (): Promise<void> => {
    const messages = await queue.receive({
      max: MESSAGES_A_RECEIVE,
      waitSeconds: WAIT_SECONDS,
      visibilitySeconds: VISIBILITY_SECONDS,
      signal,
    });
    await handling;
    const handled = Promise.all(messages.map(handle));
    handling = handled.then(
      () => queue.delete(messages.map(({ receiptHandle }) => receiptHandle)).catch(onFailure),
      () => {},
    );
    await handled;
  };
  const consume = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await receive();
      } catch (error) {
        // A poll that is out at the stop may be cut off.
        if (signal.aborted) break;
        onFailure(error);
        await sleep(clock, RETRY_MS, signal);
      }
    }
    await handling;
  };

  return {
    ended: consume(),
    stop() {
      stopped.abort();
      return handling;
    },
  };
}
