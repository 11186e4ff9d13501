import type { Clock } from '../bus/clock.ts';
import type { EventBus } from '../bus/event-bus.ts';
import { decodeWorkerEvent } from '../bus/events.ts';
import { consumeQueue } from '../bus/queue-consumer.ts';
import type { MessageQueue } from '../bus/queue.ts';

export interface WorkerEventsOptions {
  readonly clock: Clock;
  readonly queue: Pick<MessageQueue, 'receive' | 'delete'>;
  readonly bus: Pick<EventBus, 'publish'>;
  readonly onFailure: (error: unknown) => void;
}

/**
 * Carries what the workers tell from their queue to the event bus, until told to stop. A message that
 * nobody can read is reported, and deleted like the others: it would only come back.
 */
export function followWorkerEvents(options: WorkerEventsOptions): { stop(): Promise<void> } {
  const { clock, queue, bus, onFailure } = options;
  const consumer = consumeQueue({
    clock,
    queue,
    onFailure,
    async handle({ body }) {
      try {
        bus.publish(decodeWorkerEvent(JSON.parse(body)));
      } catch (error) {
        onFailure(error);
      }
    },
  });
  return {
    async stop() {
      await consumer.stop();
      await consumer.ended;
    },
  };
}
