import { type Clock, sleep } from '../bus/clock.ts';
import type { Message, MessageQueue } from '../bus/queue.ts';

export interface ReplyConsumerOptions {
  readonly clock: Clock;
  readonly replies: Pick<MessageQueue, 'receive' | 'delete'>;
  /** Hands a reply to the request that waits for it, or keeps it for a client that comes back. */
  readonly deliver: (message: Message) => Promise<void>;
  readonly onFailure: (error: unknown) => void;
}

/** Long poll and visibility timeout of the response queue. */
const WAIT_SECONDS = 20;
const VISIBILITY_SECONDS = 30;
const REPLIES_A_RECEIVE = 10;

/** How long to rest after replies could not be read or delivered. */
const RETRY_MS = 1000;

/**
 * The web tier's one reader of its response queue: receives replies, delivers them, and deletes them
 * while it receives the next ones. What is not deleted comes again, and is delivered again.
 */
export function consumeReplies(options: ReplyConsumerOptions): { stop(): Promise<void> } {
  const { clock, replies, deliver, onFailure } = options;
  const stopped = new AbortController();
  const { signal } = stopped;
  /** Delivers and deletes what was received last. */
  let handling = Promise.resolve();

  const receive = async (): Promise<void> => {
    const messages = await replies.receive({
      max: REPLIES_A_RECEIVE,
      waitSeconds: WAIT_SECONDS,
      visibilitySeconds: VISIBILITY_SECONDS,
      signal,
    });
    await handling;
    const delivered = Promise.all(messages.map(deliver));
    handling = delivered.then(
      () => replies.delete(messages.map(({ receiptHandle }) => receiptHandle)).catch(onFailure),
      () => {},
    );
    await delivered;
  };
  const consume = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await receive();
      } catch (error) {
        // A poll that is out when the web tier stops may be cut off.
        if (signal.aborted) return;
        onFailure(error);
        await sleep(clock, RETRY_MS, signal);
      }
    }
  };
  void consume();

  return {
    /** A poll that is out is not waited for: it may take its time to end. */
    stop() {
      stopped.abort();
      return handling;
    },
  };
}
