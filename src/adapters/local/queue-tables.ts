import type { Database, RootDatabase } from 'lmdb';

import type { ClaimHolder } from './claim-holder.ts';

export interface QueueSettings {
  /** Where a message goes instead of being received more than `maxReceiveCount` times. */
  readonly deadLetterQueue?: string;
  readonly maxReceiveCount: number;
  readonly maxMessageBytes: number;
}

export interface QueueRecord {
  /** A purge gives the queue a new generation, so it takes the same time however much is in it. */
  readonly generation: number;
  readonly settings: QueueSettings;
}

/** Bookkeeping of one generation of a queue. */
export interface QueueState {
  readonly nextSequence: number;
  readonly messageCount: number;
}

/** A message but for its body. */
export interface MessageHeader {
  readonly id: string;
  readonly sentAt: number;
  readonly receiveCount: number;
  /** Who received it last, until it is known to be visible again. */
  readonly holder?: ClaimHolder;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Generation, queue time (ms) at which it is or becomes visible, sequence number. */
export type ScheduleKey = [generation: number, visibleAt: number, sequence: number];
/** Generation, sequence number. */
export type SequenceKey = [generation: number, sequence: number];

/** The tables that hold every queue of a folder. See docs/decisions/0010. */
export interface QueueTables {
  readonly queues: Database<QueueRecord, string>;
  readonly states: Database<QueueState, number>;
  /** Messages in the order in which they become visible: the due ones are a prefix. */
  readonly schedule: Database<MessageHeader, ScheduleKey>;
  /** Where in the schedule a message stands. */
  readonly visibleAt: Database<number, SequenceKey>;
  /** Apart from the headers, so that a scan never touches them. */
  readonly bodies: Database<string, SequenceKey>;
  readonly counters: Database<number, string>;
}

export function openQueueTables(environment: RootDatabase): QueueTables {
  return {
    queues: environment.openDB('queues', {}),
    states: environment.openDB('states', {}),
    schedule: environment.openDB('schedule', {}),
    visibleAt: environment.openDB('visible-at', {}),
    bodies: environment.openDB('bodies', { encoding: 'string' }),
    counters: environment.openDB('counters', {}),
  };
}
