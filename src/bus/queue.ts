/** A message as a receiver holds it. */
export interface Message {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Names this receipt of the message; a later receipt makes it invalid. */
  readonly receiptHandle: string;
  /** How often the message has been received, this time included. */
  readonly receiveCount: number;
  /** Milliseconds since the Unix epoch. */
  readonly sentAt: number;
}

export interface QueueDepth {
  /** Messages that a receive would return now. */
  readonly visible: number;
  /** Messages received and neither deleted nor past their visibility timeout. */
  readonly inFlight: number;
  /** Messages sent with a delay that has not passed. */
  readonly delayed: number;
}

export interface SendOptions {
  readonly attributes?: Readonly<Record<string, string>>;
  /** Seconds before the message becomes visible for the first time; 0 by default. */
  readonly delaySeconds?: number;
}

export interface ReceiveOptions {
  /** The most messages to return, 1 to 10. */
  readonly max: number;
  /** How long to wait for the first message when there is none, in seconds, 0 to 20. */
  readonly waitSeconds: number;
  /** How long the messages stay hidden from other receivers, in seconds. */
  readonly visibilitySeconds: number;
  /** Ends the wait early with what is there (usually nothing). Never loses a message. */
  readonly signal?: AbortSignal;
}

/**
 * A queue with SQS semantics, whatever carries it: delivery is at least once and in no guaranteed
 * order; a received message is hidden for its visibility timeout and comes back unless deleted;
 * the receipt after `maxReceiveCount` sends it to the dead-letter queue instead.
 */
export interface MessageQueue {
  readonly name: string;
  /** The largest message in bytes (body as UTF-8, plus attribute names and values). */
  readonly maxMessageBytes: number;
  /** How often a message may be received before it goes to the dead-letter queue. */
  readonly maxReceiveCount: number;

  /**
   * Resolves when the message is durable.
   * @throws MessageTooLongError
   */
  send(body: string, options?: SendOptions): Promise<void>;

  /** Resolves with one to `max` messages as soon as there are any, or with none after the wait. */
  receive(options: ReceiveOptions): Promise<Message[]>;

  /**
   * Hides a received message for `seconds` from now; 0 makes it visible at once.
   * @throws ReceiptHandleInvalidError
   */
  extend(receiptHandle: string, seconds: number): Promise<void>;

  /** Deletes received messages. A handle that owns nothing any more is passed over, as SQS does. */
  delete(receiptHandles: readonly string[]): Promise<void>;

  depth(): Promise<QueueDepth>;

  /** Deletes every message, in flight or not. */
  purge(): Promise<void>;
}

/** Finds queues by name: the reply queue that a request names. */
export interface QueueDirectory {
  /** @throws QueueDoesNotExistError */
  open(name: string): Promise<MessageQueue>;
}
