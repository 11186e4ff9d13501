import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type BatchResultErrorEntry,
  type Message as SqsMessage,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

import type { Clock } from '../../bus/clock.ts';
import { ReceiptHandleInvalidError } from '../../bus/errors.ts';
import { checkReceive, checkSend, checkVisibility, messageBytes } from '../../bus/queue-limits.ts';
import type {
  Message,
  MessageQueue,
  QueueDepth,
  ReceiveOptions,
  SendOptions,
} from '../../bus/queue.ts';
import { answerTo, awsCodeOf, awsError, type AwsCall, PurgeInProgressError } from './errors.ts';
import type { MessagesInHand } from './messages-in-hand.ts';
import { Batch } from './queue-batch.ts';
import { Polls } from './queue-polls.ts';

/** How long a send waits for others, in ms: a client waits for what is sent. */
const SEND_LINGER_MS = 50;

/** How long a delete waits for others, in ms: nobody waits for it but the slot that deletes. */
const DELETE_LINGER_MS = 500;

/** What the messages of one batch may have together: 1 MiB, or 256 KiB where that is not yet so. */
const OLD_MAX_BATCH_BYTES = 256 * 1024;

/** In SQS's words: the message of this receipt is not ours any more. */
const NOT_OURS = new Set([
  'InvalidParameterValue',
  'InvalidParameterValueException',
  'MessageNotInflight',
  'ReceiptHandleIsInvalid',
]);

/** What a queue is like, as SQS says. */
export interface QueueSettings {
  readonly url: string;
  readonly maxMessageBytes: number;
  readonly maxReceiveCount: number;
  /** Name of the queue that messages go to instead of being received too often. */
  readonly deadLetterQueue: string | undefined;
}

/** What the queues of one process share. */
export interface QueueSurroundings {
  readonly sqs: SQSClient;
  readonly clock: Clock;
  readonly inHand: MessagesInHand;
  /** Aborts when the process wants nothing more: polls that are out are cut off. */
  readonly closing: AbortSignal;
}

interface Outgoing extends SendOptions {
  readonly body: string;
}

/**
 * An SQS queue. What the slots of one process do at about the same time goes into one call: one poll
 * asks for all who wait, deletes wait for each other while others are still in hand. Every method may
 * reject with a ServiceUnavailableError, of which a QueueDoesNotExistError is one.
 */
export class AwsQueue implements MessageQueue {
  readonly name: string;
  readonly maxMessageBytes: number;
  readonly maxReceiveCount: number;
  readonly deadLetterQueue: string | undefined;
  readonly #url: string;
  readonly #sqs: SQSClient;
  readonly #clock: Clock;
  readonly #inHand: MessagesInHand;
  readonly #closing: AbortSignal;
  readonly #sends: Batch<Outgoing>;
  readonly #deletes: Batch<string>;
  /** By what they ask for; receives that differ cannot share a poll. */
  readonly #polls = new Map<string, Polls>();

  constructor(name: string, settings: QueueSettings, surroundings: QueueSurroundings) {
    const { sqs, clock, inHand, closing } = surroundings;
    this.name = name;
    this.maxMessageBytes = settings.maxMessageBytes;
    this.maxReceiveCount = settings.maxReceiveCount;
    this.deadLetterQueue = settings.deadLetterQueue;
    this.#url = settings.url;
    this.#sqs = sqs;
    this.#clock = clock;
    this.#inHand = inHand;
    this.#closing = closing;
    const company = (): number => inHand.count;
    this.#sends = new Batch({
      clock,
      company,
      lingerMs: SEND_LINGER_MS,
      maxBytes: Math.max(this.maxMessageBytes, OLD_MAX_BATCH_BYTES),
      bytesOf: ({ body, attributes }) => messageBytes(body, attributes),
      call: (messages) => this.#sendBatch(messages),
    });
    this.#deletes = new Batch({
      clock,
      company,
      lingerMs: DELETE_LINGER_MS,
      maxBytes: Infinity,
      bytesOf: () => 0,
      call: (handles) => this.#deleteBatch(handles),
    });
  }

  async send(body: string, options: SendOptions = {}): Promise<void> {
    checkSend(body, options, this.maxMessageBytes);
    await this.#sends.add([{ body, ...options }]);
  }

  async receive(options: ReceiveOptions): Promise<Message[]> {
    checkReceive(options);
    return options.signal?.aborted ? [] : this.#pollsFor(options).receive(options);
  }

  async extend(receiptHandle: string, seconds: number): Promise<void> {
    checkVisibility(seconds);
    const command = new ChangeMessageVisibilityCommand({
      QueueUrl: this.#url,
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: Math.ceil(seconds),
    });
    try {
      await this.#sqs.send(command);
      this.#inHand.hold(receiptHandle, seconds);
    } catch (error) {
      if (!NOT_OURS.has(awsCodeOf(error))) {
        throw awsError(error, this.#call('sqs:ChangeMessageVisibility'));
      }
      this.#inHand.letGo(receiptHandle);
      throw new ReceiptHandleInvalidError();
    }
  }

  async delete(receiptHandles: readonly string[]): Promise<void> {
    await this.#deletes.add(receiptHandles);
  }

  async depth(): Promise<QueueDepth> {
    const command = new GetQueueAttributesCommand({
      QueueUrl: this.#url,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    });
    const { Attributes = {} } = await answerTo(
      this.#call('sqs:GetQueueAttributes'),
      this.#sqs.send(command),
    );
    return {
      visible: Number(Attributes['ApproximateNumberOfMessages']),
      inFlight: Number(Attributes['ApproximateNumberOfMessagesNotVisible']),
      delayed: Number(Attributes['ApproximateNumberOfMessagesDelayed']),
    };
  }

  /**
   * Takes up to a minute on SQS, and may take messages with it that are sent meanwhile.
   * @throws PurgeInProgressError when the last one was less than a minute ago
   */
  async purge(): Promise<void> {
    try {
      await this.#sqs.send(new PurgeQueueCommand({ QueueUrl: this.#url }));
    } catch (error) {
      if (awsCodeOf(error) === 'PurgeQueueInProgress') throw new PurgeInProgressError(this.name);
      throw awsError(error, this.#call('sqs:PurgeQueue'));
    }
  }

  #pollsFor({ waitSeconds, visibilitySeconds }: ReceiveOptions): Polls {
    const key = `${waitSeconds} ${visibilitySeconds}`;
    const polls =
      this.#polls.get(key) ??
      new Polls({
        clock: this.#clock,
        poll: (max, wait) => this.#poll(max, wait, visibilitySeconds),
        release: (messages) => this.#release(messages),
      });
    this.#polls.set(key, polls);
    return polls;
  }

  async #poll(max: number, waitSeconds: number, visibilitySeconds: number): Promise<Message[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: this.#url,
      MaxNumberOfMessages: max,
      WaitTimeSeconds: waitSeconds,
      VisibilityTimeout: visibilitySeconds,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp'],
    });
    try {
      const { Messages = [] } = await this.#sqs.send(command, { abortSignal: this.#closing });
      const messages = Messages.map(messageOf);
      for (const { receiptHandle } of messages) this.#inHand.hold(receiptHandle, visibilitySeconds);
      return messages;
    } catch (error) {
      if (this.#closing.aborted) return [];
      throw awsError(error, this.#call('sqs:ReceiveMessage'));
    }
  }

  /** Makes messages visible at once. What cannot be released comes back by its visibility timeout. */
  async #release(messages: readonly Message[]): Promise<void> {
    for (const { receiptHandle } of messages) this.#inHand.letGo(receiptHandle);
    const command = new ChangeMessageVisibilityBatchCommand({
      QueueUrl: this.#url,
      Entries: messages.map(({ receiptHandle }, index) => ({
        Id: String(index),
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: 0,
      })),
    });
    await answerTo(this.#call('sqs:ChangeMessageVisibility'), this.#sqs.send(command));
  }

  async #sendBatch(messages: readonly Outgoing[]): Promise<(Error | undefined)[]> {
    const command = new SendMessageBatchCommand({
      QueueUrl: this.#url,
      Entries: messages.map(({ body, attributes = {}, delaySeconds }, index) => ({
        Id: String(index),
        MessageBody: body,
        ...(delaySeconds !== undefined && { DelaySeconds: Math.ceil(delaySeconds) }),
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [
            name,
            { DataType: 'String', StringValue: value },
          ]),
        ),
      })),
    });
    const call = this.#call('sqs:SendMessage');
    const { Failed } = await answerTo(call, this.#sqs.send(command));
    return failuresOf(messages.length, Failed, call);
  }

  async #deleteBatch(receiptHandles: readonly string[]): Promise<(Error | undefined)[]> {
    const command = new DeleteMessageBatchCommand({
      QueueUrl: this.#url,
      Entries: receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle })),
    });
    const call = this.#call('sqs:DeleteMessage');
    const { Failed = [] } = await answerTo(call, this.#sqs.send(command));
    for (const handle of receiptHandles) this.#inHand.letGo(handle);
    const owned = Failed.filter(({ Code }) => !NOT_OURS.has(Code ?? ''));
    return failuresOf(receiptHandles.length, owned, call);
  }

  #call(action: `sqs:${string}`): AwsCall {
    return { action, resource: this.name };
  }
}

function messageOf({ MessageId, ReceiptHandle, Body, ...message }: SqsMessage): Message {
  const { Attributes = {}, MessageAttributes = {} } = message;
  return {
    id: MessageId ?? '',
    body: Body ?? '',
    attributes: Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue ?? '']),
    ),
    receiptHandle: ReceiptHandle ?? '',
    receiveCount: Number(Attributes.ApproximateReceiveCount),
    sentAt: Number(Attributes.SentTimestamp),
  };
}

/** What went wrong with each of the entries of a batch, whose ids are their places. */
function failuresOf(
  count: number,
  failed: readonly BatchResultErrorEntry[] = [],
  call: AwsCall,
): (Error | undefined)[] {
  const failures = new Map(
    failed.map(({ Id, Code }) => [Number(Id), awsError({ name: Code }, call)]),
  );
  return Array.from({ length: count }, (_, index) => failures.get(index));
}
