import type { Message, MessageQueue } from '../../src/bus/queue.ts';

/** Seconds of visibility that outlast every test. */
export const LONG = 30;

export const receive = (
  queue: MessageQueue,
  max = 1,
  waitSeconds = 5,
  visibilitySeconds = LONG,
  signal?: AbortSignal,
): Promise<Message[]> =>
  queue.receive({ max, waitSeconds, visibilitySeconds, ...(signal && { signal }) });

export const handlesOf = (messages: readonly (Message | undefined)[]): string[] =>
  messages.flatMap((message) => message?.receiptHandle ?? []);

export const handleOf = (message: Message | undefined): string => message?.receiptHandle ?? '';

export const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `message ${i}`).toSorted();

export async function sendAll(queue: MessageQueue, count: number): Promise<void> {
  await Promise.all(numbered(count).map((body) => queue.send(body)));
}

/** Receives `count` messages, however many calls that takes. */
export async function receiveAll(queue: MessageQueue, count: number, visibilitySeconds = LONG) {
  const messages: Message[] = [];
  while (messages.length < count) {
    const max = Math.min(10, count - messages.length);
    messages.push(...(await receive(queue, max, 5, visibilitySeconds)));
  }
  return messages;
}

/** Receives until the queue gives nothing more. */
export async function drain(queue: MessageQueue): Promise<Message[]> {
  const messages: Message[] = [];
  for (;;) {
    const batch = await receive(queue, 10, 0);
    if (batch.length === 0) return messages;
    messages.push(...batch);
  }
}
