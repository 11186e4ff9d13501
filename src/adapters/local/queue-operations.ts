import { QueueDoesNotExistError, ReceiptHandleInvalidError } from '../../bus/errors.ts';
import type { Message, QueueDepth } from '../../bus/queue.ts';
import { type ClaimHolder, hasEnded } from './claim-holder.ts';
import type { MessageHeader, QueueRecord, QueueTables, ScheduleKey } from './queue-tables.ts';
import { decodeReceiptHandle, encodeReceiptHandle } from './receipt-handle.ts';

// What happens to messages, each in one transaction. `now` is queue time in milliseconds.

export interface OutgoingMessage {
  readonly body: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly sentAt: number;
  readonly delayMs: number;
}

/** @throws QueueDoesNotExistError */
export function findQueue(tables: QueueTables, name: string): QueueRecord {
  const record = tables.queues.get(name);
  if (record === undefined) throw new QueueDoesNotExistError(name);
  return record;
}

export function sendMessage(
  tables: QueueTables,
  { generation }: QueueRecord,
  message: OutgoingMessage,
  now: number,
): void {
  const { body, sentAt, attributes, delayMs } = message;
  enqueue(tables, generation, body, now + delayMs, (sequence) => ({
    id: `${generation}-${sequence}`,
    sentAt,
    receiveCount: 0,
    ...(attributes && { attributes }),
  }));
}

/**
 * Takes up to `max` visible messages, those that have been visible longest first. One that has been
 * received as often as it may be goes to the dead-letter queue instead.
 */
export function claimMessages(
  tables: QueueTables,
  record: QueueRecord,
  { max, visibilityMs, holder }: { max: number; visibilityMs: number; holder: ClaimHolder },
  now: number,
): Message[] {
  const { generation, settings } = record;
  const deadLetters =
    settings.deadLetterQueue === undefined
      ? undefined
      : tables.queues.get(settings.deadLetterQueue);
  const claimed: Message[] = [];
  while (claimed.length < max) {
    const due = visibleMessages(tables, generation, now, max - claimed.length);
    if (due.length === 0) break;
    for (const { key, value: header } of due) {
      if (deadLetters !== undefined && header.receiveCount >= settings.maxReceiveCount) {
        redrive(tables, key, header, deadLetters, now);
      } else {
        claimed.push(claim(tables, key, { ...header, holder }, now + visibilityMs));
      }
    }
  }
  return claimed;
}

/** @throws ReceiptHandleInvalidError */
export function extendVisibility(
  tables: QueueTables,
  { generation }: QueueRecord,
  receiptHandle: string,
  extensionMs: number,
  now: number,
): void {
  const found = findReceived(tables, generation, receiptHandle);
  if (found === undefined || found.key[1] <= now) throw new ReceiptHandleInvalidError();
  reschedule(tables, found.key, found.header, now + extensionMs);
}

/** Those who received what is hidden now, and have ended since. */
export function deadHolders(
  tables: QueueTables,
  { generation }: QueueRecord,
  now: number,
): ReadonlySet<ClaimHolder> {
  const holders = new Set<ClaimHolder>();
  for (const { value } of tables.schedule.getRange(hidden(generation, now))) {
    if (value.holder !== undefined) holders.add(value.holder);
  }
  return new Set([...holders].filter(hasEnded));
}

/** Makes visible again what these have received. */
export function returnClaims(
  tables: QueueTables,
  { generation }: QueueRecord,
  holders: ReadonlySet<ClaimHolder>,
  now: number,
): void {
  const claims = [...tables.schedule.getRange(hidden(generation, now))];
  for (const { key, value } of claims) {
    const { holder, ...header } = value;
    if (holder !== undefined && holders.has(holder)) reschedule(tables, key, header, now);
  }
}

export function deleteMessage(
  tables: QueueTables,
  { generation }: QueueRecord,
  receiptHandle: string,
): void {
  const found = findReceived(tables, generation, receiptHandle);
  if (found !== undefined) remove(tables, found.key);
}

/** Counts without reading more than the hidden messages. */
export function queueDepth(
  tables: QueueTables,
  { generation }: QueueRecord,
  now: number,
): QueueDepth {
  let inFlight = 0;
  let delayed = 0;
  for (const { value } of tables.schedule.getRange(hidden(generation, now))) {
    if (value.receiveCount === 0) delayed++;
    else inFlight++;
  }
  const { messageCount } = stateOf(tables, generation);
  return { visible: messageCount - inFlight - delayed, inFlight, delayed };
}

/** When the message that is visible first is or becomes so; `undefined` when the queue is empty. */
export function earliestVisibleAt(
  tables: QueueTables,
  { generation }: QueueRecord,
): number | undefined {
  for (const [, visibleAt] of tables.schedule.getKeys({ ...all(generation), limit: 1 })) {
    return visibleAt;
  }
  return undefined;
}

function enqueue(
  tables: QueueTables,
  generation: number,
  body: string,
  visibleAt: number,
  headerOf: (sequence: number) => MessageHeader,
): void {
  const { nextSequence, messageCount } = stateOf(tables, generation);
  tables.bodies.putSync([generation, nextSequence], body);
  tables.schedule.putSync([generation, visibleAt, nextSequence], headerOf(nextSequence));
  tables.visibleAt.putSync([generation, nextSequence], visibleAt);
  tables.states.putSync(generation, {
    nextSequence: nextSequence + 1,
    messageCount: messageCount + 1,
  });
}

function claim(
  tables: QueueTables,
  key: ScheduleKey,
  { receiveCount, ...received }: MessageHeader,
  visibleAt: number,
): Message {
  const [generation, , sequence] = key;
  const receipt = receiveCount + 1;
  const body = bodyOf(tables, key);
  const { id, sentAt, attributes } = received;
  const header = { ...received, receiveCount: receipt };
  reschedule(tables, key, header, visibleAt);
  return {
    id,
    sentAt,
    body,
    attributes: attributes ?? {},
    receiveCount: receipt,
    receiptHandle: encodeReceiptHandle({ generation, sequence, receipt }),
  };
}

/** Moves a message to the dead-letter queue, where it begins with no receipts. */
function redrive(
  tables: QueueTables,
  key: ScheduleKey,
  header: MessageHeader,
  deadLetters: QueueRecord,
  now: number,
): void {
  const body = bodyOf(tables, key);
  const { holder: _, ...sent } = header;
  enqueue(tables, deadLetters.generation, body, now, () => ({ ...sent, receiveCount: 0 }));
  remove(tables, key);
}

function reschedule(
  tables: QueueTables,
  key: ScheduleKey,
  header: MessageHeader,
  visibleAt: number,
): void {
  const [generation, , sequence] = key;
  tables.schedule.removeSync(key);
  tables.schedule.putSync([generation, visibleAt, sequence], header);
  tables.visibleAt.putSync([generation, sequence], visibleAt);
}

function remove(tables: QueueTables, key: ScheduleKey): void {
  const [generation, , sequence] = key;
  tables.schedule.removeSync(key);
  tables.visibleAt.removeSync([generation, sequence]);
  tables.bodies.removeSync([generation, sequence]);
  const { nextSequence, messageCount } = stateOf(tables, generation);
  tables.states.putSync(generation, { nextSequence, messageCount: messageCount - 1 });
}

/** The message that a handle still owns. */
function findReceived(
  tables: QueueTables,
  generation: number,
  receiptHandle: string,
): { key: ScheduleKey; header: MessageHeader } | undefined {
  const handle = decodeReceiptHandle(receiptHandle);
  if (handle?.generation !== generation) return undefined;
  const visibleAt = tables.visibleAt.get([generation, handle.sequence]);
  if (visibleAt === undefined) return undefined;
  const key: ScheduleKey = [generation, visibleAt, handle.sequence];
  const header = tables.schedule.get(key);
  return header?.receiveCount === handle.receipt ? { key, header } : undefined;
}

function visibleMessages(
  tables: QueueTables,
  generation: number,
  now: number,
  limit: number,
): { key: ScheduleKey; value: MessageHeader }[] {
  const range = { start: [generation, 0], end: [generation, now + 1], limit };
  return [...tables.schedule.getRange(range)];
}

const all = (generation: number) => ({ start: [generation], end: [generation + 1] });
const hidden = (generation: number, now: number) => ({
  start: [generation, now + 1],
  end: [generation + 1],
});

function bodyOf(tables: QueueTables, [generation, , sequence]: ScheduleKey): string {
  const body = tables.bodies.get([generation, sequence]);
  if (body === undefined) throw new Error(`The message ${generation}-${sequence} has no body.`);
  return body;
}

function stateOf(tables: QueueTables, generation: number) {
  return tables.states.get(generation) ?? { nextSequence: 1, messageCount: 0 };
}
