import { QueueDoesNotExistError } from '../../bus/errors.ts';
import { findQueue } from './queue-operations.ts';
import type { QueueRecord, QueueSettings, QueueTables } from './queue-tables.ts';

const NEXT_GENERATION = 'next-generation';

/** How many messages of a dropped generation one transaction erases. */
const ERASE_AT_ONCE = 500;

/**
 * Makes the queue, or gives the one there is these settings.
 * @throws QueueDoesNotExistError when there is no such dead-letter queue
 */
export function createQueue(
  tables: QueueTables,
  name: string,
  settings: QueueSettings,
): QueueRecord {
  const { deadLetterQueue } = settings;
  if (deadLetterQueue !== undefined && !tables.queues.doesExist(deadLetterQueue)) {
    throw new QueueDoesNotExistError(deadLetterQueue);
  }
  const generation = tables.queues.get(name)?.generation ?? newGeneration(tables);
  const record = { generation, settings };
  tables.queues.putSync(name, record);
  return record;
}

/** Drops every message, and with them every receipt handle, by giving the queue a new generation. */
export function purgeQueue(tables: QueueTables, name: string): void {
  const { settings } = findQueue(tables, name);
  tables.queues.putSync(name, { generation: newGeneration(tables), settings });
}

export function removeQueue(tables: QueueTables, name: string): void {
  tables.queues.removeSync(name);
}

/**
 * Erases some of the messages of generations that no queue has any more.
 * @returns whether any may be left
 */
export function eraseDroppedMessages(tables: QueueTables): boolean {
  const generation = droppedGeneration(tables);
  if (generation === undefined) return false;
  const range = { start: [generation], end: [generation + 1], limit: ERASE_AT_ONCE };
  const keys = [...tables.schedule.getKeys(range)];
  for (const key of keys) {
    const [, , sequence] = key;
    tables.schedule.removeSync(key);
    tables.visibleAt.removeSync([generation, sequence]);
    tables.bodies.removeSync([generation, sequence]);
  }
  if (keys.length < ERASE_AT_ONCE) tables.states.removeSync(generation);
  return true;
}

function droppedGeneration(tables: QueueTables): number | undefined {
  const current = new Set<number>();
  for (const { value } of tables.queues.getRange()) current.add(value.generation);
  for (const generation of tables.states.getKeys()) {
    if (!current.has(generation)) return generation;
  }
  return undefined;
}

function newGeneration(tables: QueueTables): number {
  const generation = tables.counters.get(NEXT_GENERATION) ?? 1;
  tables.counters.putSync(NEXT_GENERATION, generation + 1);
  return generation;
}
