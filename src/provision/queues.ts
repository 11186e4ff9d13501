import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueueTagsCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';

import { answerTo } from '../adapters/aws/errors.ts';
import { FLEET_TAG } from '../adapters/aws/fleet.ts';
import { QueueDoesNotExistError } from '../bus/errors.ts';
import { answerUnless, patiently, saysOneOf } from './answers.ts';
import { type Kind, removeEach, isFound, type Resource, type Tag } from './resource.ts';
import type { Site } from './site.ts';
import { taggedNames } from './tagged.ts';

const HOUR_SECONDS = 3600;
/** The most that SQS keeps a message. */
const FORTNIGHT_SECONDS = 1_209_600;

/** How often a request is received before it is given up. */
const MAX_RECEIVE_COUNT = 5;

const MISSING = ['QueueDoesNotExist'];

type Attributes = Readonly<Record<string, string>>;

/** The queues of a fleet. A dead-letter queue comes before the queue that needs it. */
export function wantedQueues(site: Site): Resource[] {
  const { deadLetterQueue, requestQueue, responseQueue, eventsQueue } = site.names;
  const redrive = async (): Promise<Attributes> => ({
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: await arnOf(site, deadLetterQueue),
      maxReceiveCount: MAX_RECEIVE_COUNT,
    }),
  });
  return [
    wantedQueue(site, deadLetterQueue, keptFor(FORTNIGHT_SECONDS)),
    wantedQueue(site, requestQueue, redrive),
    wantedQueue(site, responseQueue, async () => ({})),
    // What workers told long ago is of no use to anybody.
    wantedQueue(site, eventsQueue, keptFor(HOUR_SECONDS)),
  ];
}

/** Every queue that carries the tag, whatever its name. */
export function queuesOf(site: Site): Kind {
  const { names, clients } = site;
  const { deadLetterQueue, requestQueue, responseQueue, eventsQueue } = names;
  return {
    title: 'queues',
    find: () =>
      taggedNames(
        site,
        'sqs',
        [deadLetterQueue, requestQueue, responseQueue, eventsQueue],
        (name) => tagsOf(site, name),
      ),
    remove: (found) =>
      removeEach(found, async (name) => {
        const QueueUrl = await urlOf(site, name);
        if (QueueUrl === undefined) return;
        await answerUnless(
          MISSING,
          { action: 'sqs:DeleteQueue', resource: name },
          clients.sqs.send(new DeleteQueueCommand({ QueueUrl })),
        );
      }),
  };
}

function wantedQueue(site: Site, name: string, attributes: () => Promise<Attributes>): Resource {
  const { sqs } = site.clients;
  const title = `queue ${name}`;
  return {
    title,
    async exists() {
      const tags = await tagsOf(site, name);
      return isFound(site.names, title, tags && { Tags: tags });
    },
    async create() {
      const command = new CreateQueueCommand({
        QueueName: name,
        tags: { [FLEET_TAG]: site.names.fleet },
      });
      // SQS gives a name again a minute after it was given up.
      const make = () => sqs.send(command);
      const isPassing = saysOneOf('QueueDeletedRecently');
      await answerTo(
        { action: 'sqs:CreateQueue', resource: name },
        patiently(site.clock, isPassing, make),
      );
    },
    async configure() {
      const command = new SetQueueAttributesCommand({
        QueueUrl: await urlOf(site, name),
        Attributes: { SqsManagedSseEnabled: 'true', ...(await attributes()) },
      });
      await answerTo({ action: 'sqs:SetQueueAttributes', resource: name }, sqs.send(command));
    },
  };
}

const keptFor = (seconds: number) => async (): Promise<Attributes> => ({
  MessageRetentionPeriod: String(seconds),
});

async function urlOf({ clients }: Site, name: string): Promise<string | undefined> {
  const answer = await answerUnless(
    MISSING,
    { action: 'sqs:GetQueueUrl', resource: name },
    clients.sqs.send(new GetQueueUrlCommand({ QueueName: name })),
  );
  return answer?.QueueUrl;
}

/** `undefined` when there is no such queue. */
async function tagsOf(site: Site, name: string): Promise<Tag[] | undefined> {
  const QueueUrl = await urlOf(site, name);
  if (QueueUrl === undefined) return undefined;
  const answer = await answerUnless(
    MISSING,
    { action: 'sqs:ListQueueTags', resource: name },
    site.clients.sqs.send(new ListQueueTagsCommand({ QueueUrl })),
  );
  return answer && Object.entries(answer.Tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
}

async function arnOf(site: Site, name: string): Promise<string> {
  const QueueUrl = await urlOf(site, name);
  if (QueueUrl === undefined) throw new QueueDoesNotExistError(name);
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
  const call = { action: 'sqs:GetQueueAttributes', resource: name };
  const { Attributes } = await answerTo(call, site.clients.sqs.send(command));
  return Attributes?.QueueArn ?? '';
}
