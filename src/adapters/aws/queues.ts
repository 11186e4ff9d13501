import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueueTagsCommand,
  paginateListQueues,
  type SQSClient,
  TagQueueCommand,
} from '@aws-sdk/client-sqs';

import type { Clock } from '../../bus/clock.ts';
import { QueueDoesNotExistError, QueueNameInvalidError } from '../../bus/errors.ts';
import { isQueueName } from '../../bus/queue-limits.ts';
import type { QueueDirectory } from '../../bus/queue.ts';
import { answerTo, ELSEWHERE_HINT } from './errors.ts';
import { MessagesInHand } from './messages-in-hand.ts';
import { AwsQueue, type QueueSettings } from './queue.ts';

const DEFAULT_MAX_RECEIVE_COUNT = 5;

export type QueueTags = Readonly<Record<string, string>>;

export interface CreateAwsQueueOptions {
  /** Name of the queue that messages go to instead of being received too often. */
  readonly deadLetterQueue?: string;
  /** How often a message may be received before that; 5 by default. */
  readonly maxReceiveCount?: number;
  /** What the region gives by default. */
  readonly maxMessageBytes?: number;
  readonly tags?: QueueTags;
}

/** The SQS queues of an account and region. */
export class AwsQueues implements QueueDirectory {
  readonly #sqs: SQSClient;
  readonly #clock: Clock;
  readonly #inHand: MessagesInHand;
  readonly #closing = new AbortController();
  /** A queue's URL and limits are asked for once. */
  readonly #opened = new Map<string, Promise<AwsQueue>>();

  constructor(sqs: SQSClient, clock: Clock) {
    this.#sqs = sqs;
    this.#clock = clock;
    this.#inHand = new MessagesInHand(clock);
  }

  /**
   * Makes the queue, or opens the one there is if it has the same settings.
   * @throws QueueNameInvalidError
   * @throws QueueDoesNotExistError when the dead-letter queue does not exist
   */
  async create(name: string, options: CreateAwsQueueOptions = {}): Promise<AwsQueue> {
    if (!isQueueName(name)) throw new QueueNameInvalidError(name);
    const { deadLetterQueue, maxReceiveCount, maxMessageBytes } = options;
    const redrivePolicy = deadLetterQueue !== undefined && {
      deadLetterTargetArn: await this.#arnOf(deadLetterQueue),
      maxReceiveCount: maxReceiveCount ?? DEFAULT_MAX_RECEIVE_COUNT,
    };
    const command = new CreateQueueCommand({
      QueueName: name,
      ...(options.tags && { tags: options.tags }),
      Attributes: {
        ...(maxMessageBytes !== undefined && { MaximumMessageSize: String(maxMessageBytes) }),
        ...(redrivePolicy && { RedrivePolicy: JSON.stringify(redrivePolicy) }),
      },
    });
    await answerTo({ action: 'sqs:CreateQueue', resource: name }, this.#sqs.send(command));
    return this.open(name);
  }

  open(name: string): Promise<AwsQueue> {
    const opening = this.#opened.get(name) ?? this.#open(name);
    this.#opened.set(name, opening);
    // The next try asks again.
    opening.catch(() => this.#opened.delete(name));
    return opening;
  }

  async remove(name: string): Promise<void> {
    this.#opened.delete(name);
    const call = { action: 'sqs:DeleteQueue', resource: name };
    try {
      const QueueUrl = await this.#urlOf(name);
      await answerTo(call, this.#sqs.send(new DeleteQueueCommand({ QueueUrl })));
    } catch (error) {
      if (!(error instanceof QueueDoesNotExistError)) throw error;
    }
  }

  /** The names of the queues that begin with `prefix`; one that is new or removed may show late. */
  async list(prefix: string): Promise<string[]> {
    const urls: string[] = [];
    const pages = paginateListQueues({ client: this.#sqs }, { QueueNamePrefix: prefix });
    const readAll = async (): Promise<void> => {
      for await (const { QueueUrls = [] } of pages) urls.push(...QueueUrls);
    };
    await answerTo({ action: 'sqs:ListQueues', resource: `${prefix}*` }, readAll());
    return urls.map((url) => url.slice(url.lastIndexOf('/') + 1));
  }

  async tag(name: string, tags: QueueTags): Promise<void> {
    const command = new TagQueueCommand({ QueueUrl: await this.#urlOf(name), Tags: tags });
    await answerTo({ action: 'sqs:TagQueue', resource: name }, this.#sqs.send(command));
  }

  /** @throws QueueDoesNotExistError */
  async tagsOf(name: string): Promise<QueueTags> {
    const command = new ListQueueTagsCommand({ QueueUrl: await this.#urlOf(name) });
    const call = { action: 'sqs:ListQueueTags', resource: name };
    const { Tags = {} } = await answerTo(call, this.#sqs.send(command));
    return Tags;
  }

  /** Cuts off the polls that are out; what one of them was given comes back by its visibility timeout. */
  close(): void {
    this.#closing.abort();
  }

  async #open(name: string): Promise<AwsQueue> {
    const url = await this.#urlOf(name);
    const settings = await this.#settingsOf(name, url);
    return new AwsQueue(name, settings, {
      sqs: this.#sqs,
      clock: this.#clock,
      inHand: this.#inHand,
      closing: this.#closing.signal,
    });
  }

  async #urlOf(name: string): Promise<string> {
    const command = new GetQueueUrlCommand({ QueueName: name });
    const call = { action: 'sqs:GetQueueUrl', resource: name };
    const { QueueUrl } = await answerTo(call, this.#sqs.send(command));
    if (QueueUrl === undefined) throw new QueueDoesNotExistError(name, ELSEWHERE_HINT);
    return QueueUrl;
  }

  async #settingsOf(name: string, url: string): Promise<QueueSettings> {
    const { MaximumMessageSize, RedrivePolicy } = await this.#attributesOf(name, url);
    const redrive = JSON.parse(RedrivePolicy ?? '{}') as {
      maxReceiveCount?: number | string;
      deadLetterTargetArn?: string;
    };
    return {
      url,
      maxMessageBytes: Number(MaximumMessageSize),
      maxReceiveCount: Number(redrive.maxReceiveCount ?? Infinity),
      deadLetterQueue: redrive.deadLetterTargetArn?.split(':').at(-1),
    };
  }

  async #arnOf(name: string): Promise<string> {
    const { QueueArn = '' } = await this.#attributesOf(name, await this.#urlOf(name));
    return QueueArn;
  }

  async #attributesOf(name: string, url: string) {
    const command = new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: ['MaximumMessageSize', 'RedrivePolicy', 'QueueArn'],
    });
    const call = { action: 'sqs:GetQueueAttributes', resource: name };
    const { Attributes = {} } = await answerTo(call, this.#sqs.send(command));
    return Attributes;
  }
}
