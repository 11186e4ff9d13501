import { type Clock, sleep } from '../bus/clock.ts';
import type { EventBus } from '../bus/event-bus.ts';
import { decodeWorkerEvent } from '../bus/events.ts';
import type { Message, MessageQueue } from '../bus/queue.ts';

export interface WorkerEventsOptions {
  readonly clock: Clock;
  readonly queue: Pick<MessageQueue, 'receive' | 'delete'>;
  readonly bus: Pick<EventBus, 'publish'>;
  readonly onFailure: (error: unknown) => void;
}

const RETRY_MS = 1000;

/** Carries what the workers tell from their queue to the event bus, until told to stop. */
export function followWorkerEvents(options: WorkerEventsOptions): { stop(): Promise<void> } {
  const { clock, queue, onFailure } = options;
  const stopped = new AbortController();
  const { signal } = stopped;

  const receive = async (): Promise<void> => {
    const messages = await queue.receive({
      max: 10,
      waitSeconds: 20,
      visibilitySeconds: 30,
      signal,
    });
    for (const message of messages) publish(message, options);
    await queue.delete(messages.map(({ receiptHandle }) => receiptHandle));
  };
  const follow = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await receive();
      } catch (error) {
        onFailure(error);
        await sleep(clock, RETRY_MS, signal);
      }
    }
  };
  const following = follow();

  return {
    stop() {
      stopped.abort();
      return following;
    },
  };
}

/** A message that nobody can read is reported, and deleted like the others: it would only come back. */
function publish({ body }: Message, { bus, onFailure }: WorkerEventsOptions): void {
  try {
    bus.publish(decodeWorkerEvent(JSON.parse(body)));
  } catch (error) {
    onFailure(error);
  }
}
