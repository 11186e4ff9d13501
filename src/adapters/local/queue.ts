import { checkReceive, checkSend, checkVisibility } from '../../bus/queue-limits.ts';
import type {
  Message,
  MessageQueue,
  QueueDepth,
  ReceiveOptions,
  SendOptions,
} from '../../bus/queue.ts';
import type { QueueEngine } from './queue-engine.ts';
import { purgeQueue } from './queue-generations.ts';
import {
  claimMessages,
  deleteMessage,
  earliestVisibleAt,
  extendVisibility,
  findQueue,
  queueDepth,
  sendMessage,
} from './queue-operations.ts';
import { QueueReceivers, type TakeMessages } from './queue-receivers.ts';
import type { QueueSettings, QueueTables } from './queue-tables.ts';
import type { WakeUps } from './wake-ups.ts';

/** So that no receive takes one message twice. */
const MIN_HIDDEN_MS = 1;

/**
 * A queue in the database of its folder. Every method rejects with a QueueDoesNotExistError once the
 * queue is removed, and with a StorageFullError when the disk is full.
 */
export class LocalQueue implements MessageQueue {
  readonly name: string;
  readonly maxMessageBytes: number;
  readonly maxReceiveCount: number;
  readonly #engine: QueueEngine;
  readonly #receivers: QueueReceivers;
  readonly #wakeUp: ReturnType<WakeUps['of']>;
  #isListening = false;

  constructor(name: string, settings: QueueSettings, engine: QueueEngine) {
    this.name = name;
    this.maxMessageBytes = settings.maxMessageBytes;
    this.maxReceiveCount =
      settings.deadLetterQueue === undefined ? Infinity : settings.maxReceiveCount;
    this.#engine = engine;
    this.#receivers = new QueueReceivers(engine.clock, {
      visibleIn: () => this.#visibleIn(),
      claim: (serve) => this.#claim(serve),
    });
    this.#wakeUp = engine.wakeUps.of(name);
  }

  async send(body: string, options: SendOptions = {}): Promise<void> {
    checkSend(body, options, this.maxMessageBytes);
    const message = {
      body,
      sentAt: this.#engine.clock.now(),
      delayMs: Math.ceil((options.delaySeconds ?? 0) * 1000),
      ...(options.attributes && { attributes: options.attributes }),
    };
    await this.#engine.write((tables, now) =>
      sendMessage(tables, findQueue(tables, this.name), message, now),
    );
    this.#wakeUp.signal();
  }

  async receive(options: ReceiveOptions): Promise<Message[]> {
    checkReceive(options);
    if (!this.#isListening) this.#wakeUp.subscribe(() => this.#receivers.look());
    this.#isListening = true;
    return this.#receivers.receive(options);
  }

  async extend(receiptHandle: string, seconds: number): Promise<void> {
    checkVisibility(seconds);
    const extensionMs = Math.ceil(seconds * 1000);
    await this.#engine.write((tables, now) =>
      extendVisibility(tables, findQueue(tables, this.name), receiptHandle, extensionMs, now),
    );
    if (seconds === 0) this.#wakeUp.signal();
  }

  async delete(receiptHandles: readonly string[]): Promise<void> {
    if (receiptHandles.length === 0) return;
    await this.#engine.write((tables) => {
      const record = findQueue(tables, this.name);
      for (const handle of receiptHandles) deleteMessage(tables, record, handle);
    });
  }

  async depth(): Promise<QueueDepth> {
    return this.#engine.read((tables, now) =>
      queueDepth(tables, findQueue(tables, this.name), now),
    );
  }

  async purge(): Promise<void> {
    await this.#engine.write((tables) => purgeQueue(tables, this.name));
    await this.#engine.eraseDropped();
  }

  /** Ends the waits of this process. */
  close(): void {
    this.#receivers.close();
  }

  #visibleIn(): number | undefined {
    return this.#engine.read((tables, now) => this.#visibleInAt(tables, now));
  }

  #visibleInAt(tables: QueueTables, now: number): number | undefined {
    const visibleAt = earliestVisibleAt(tables, findQueue(tables, this.name));
    return visibleAt === undefined ? undefined : Math.max(0, visibleAt - now);
  }

  /** Often another process was woken too, and was faster: then there is nothing to write. */
  async #claim(serve: (take: TakeMessages) => void): Promise<void> {
    const { holder } = this.#engine;
    await this.#engine.writeIfDue(
      (tables, now) => this.#visibleInAt(tables, now) === 0,
      (tables, now) => {
        const record = findQueue(tables, this.name);
        serve(({ max, visibilitySeconds }) => {
          const visibilityMs = Math.max(Math.ceil(visibilitySeconds * 1000), MIN_HIDDEN_MS);
          return claimMessages(tables, record, { max, visibilityMs, holder }, now);
        });
      },
    );
  }
}
