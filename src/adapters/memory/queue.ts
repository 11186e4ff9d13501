import type { Clock } from '../../bus/clock.ts';
import { QueueDoesNotExistError, ReceiptHandleInvalidError } from '../../bus/errors.ts';
import { checkReceive, checkSend, checkVisibility } from '../../bus/queue-limits.ts';
import type {
  Message,
  MessageQueue,
  QueueDepth,
  ReceiveOptions,
  SendOptions,
} from '../../bus/queue.ts';
import { Receiver } from '../receiver.ts';
import { QueueMessages, type StoredMessage } from './queue-messages.ts';

/** So that no receive takes one message twice. */
const MIN_HIDDEN_MS = 1;

export interface MemoryQueueSettings {
  readonly deadLetterQueue?: MemoryQueue;
  readonly maxReceiveCount: number;
  readonly maxMessageBytes: number;
}

/** A queue in memory, on the clock it is given: what happens depends on nothing else. */
export class MemoryQueue implements MessageQueue {
  readonly name: string;
  readonly maxMessageBytes: number;
  readonly maxReceiveCount: number;
  readonly #deadLetterQueue: MemoryQueue | undefined;
  readonly #clock: Clock;
  readonly #nextId: () => string;
  readonly #messages: QueueMessages;
  readonly #waiting = new Set<Receiver>();
  #isRemoved = false;

  constructor(name: string, settings: MemoryQueueSettings, clock: Clock, nextId: () => string) {
    this.name = name;
    this.maxMessageBytes = settings.maxMessageBytes;
    this.#deadLetterQueue = settings.deadLetterQueue;
    this.maxReceiveCount = settings.deadLetterQueue ? settings.maxReceiveCount : Infinity;
    this.#clock = clock;
    this.#nextId = nextId;
    this.#messages = new QueueMessages(clock, () => this.#serve());
  }

  async send(body: string, options: SendOptions = {}): Promise<void> {
    this.#checkExists();
    checkSend(body, options, this.maxMessageBytes);
    const message: StoredMessage = {
      id: this.#nextId(),
      body,
      attributes: options.attributes ?? {},
      sentAt: this.#clock.now(),
      receiveCount: 0,
      state: 'hidden',
    };
    this.#messages.add(message, (options.delaySeconds ?? 0) * 1000);
  }

  async receive(options: ReceiveOptions): Promise<Message[]> {
    this.#checkExists();
    checkReceive(options);
    if (options.signal?.aborted) return [];
    const messages = this.#take(options);
    return messages.length > 0 || options.waitSeconds === 0 ? messages : this.#wait(options);
  }

  async extend(receiptHandle: string, seconds: number): Promise<void> {
    this.#checkExists();
    checkVisibility(seconds);
    const message = this.#findReceived(receiptHandle);
    if (message?.state !== 'hidden') throw new ReceiptHandleInvalidError();
    this.#messages.hide(message, seconds * 1000);
  }

  async delete(receiptHandles: readonly string[]): Promise<void> {
    this.#checkExists();
    for (const handle of receiptHandles) {
      const message = this.#findReceived(handle);
      if (message) this.#messages.remove(message);
    }
  }

  async depth(): Promise<QueueDepth> {
    this.#checkExists();
    let inFlight = 0;
    let delayed = 0;
    for (const { receiveCount } of this.#messages.hidden()) {
      if (receiveCount > 0) inFlight++;
      else delayed++;
    }
    return { visible: this.#messages.visibleCount, inFlight, delayed };
  }

  async purge(): Promise<void> {
    this.#checkExists();
    this.#messages.clear();
  }

  /** Makes the queue one that does not exist, for those who wait on it too. */
  remove(): void {
    this.#isRemoved = true;
    this.#messages.clear();
    for (const receiver of this.#waiting) receiver.fail(new QueueDoesNotExistError(this.name));
  }

  #wait(options: ReceiveOptions): Promise<Message[]> {
    const receiver = new Receiver(this.#clock, options, (ended) => this.#waiting.delete(ended));
    this.#waiting.add(receiver);
    return receiver.received;
  }

  #serve(): void {
    for (const receiver of this.#waiting) {
      const messages = this.#take(receiver.options);
      if (messages.length === 0) return;
      receiver.settle(messages);
    }
  }

  #take({ max, visibilitySeconds }: ReceiveOptions): Message[] {
    const taken: Message[] = [];
    while (taken.length < max) {
      const message = this.#messages.takeVisible();
      if (message === undefined) break;
      if (this.#deadLetterQueue && message.receiveCount >= this.maxReceiveCount) {
        this.#redrive(message, this.#deadLetterQueue);
        continue;
      }
      message.receiveCount++;
      taken.push(receivedOf(message));
      this.#messages.hide(message, Math.max(visibilitySeconds * 1000, MIN_HIDDEN_MS));
    }
    return taken;
  }

  #redrive(message: StoredMessage, deadLetterQueue: MemoryQueue): void {
    this.#messages.remove(message);
    deadLetterQueue.#messages.add({ ...message, receiveCount: 0 }, 0);
  }

  #findReceived(receiptHandle: string): StoredMessage | undefined {
    const [id = '', receipt] = receiptHandle.split('#');
    const message = this.#messages.get(id);
    return message && String(message.receiveCount) === receipt ? message : undefined;
  }

  #checkExists(): void {
    if (this.#isRemoved) throw new QueueDoesNotExistError(this.name);
  }
}

const receivedOf = ({ id, body, attributes, sentAt, receiveCount }: StoredMessage): Message => ({
  id,
  body,
  attributes,
  sentAt,
  receiveCount,
  receiptHandle: `${id}#${receiveCount}`,
});
