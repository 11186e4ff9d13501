import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';

import type { CycledQueue } from './queue-cycles.ts';

/** Starts fauxqs, an SQS that keeps everything in memory, in a process of its own. */
export async function startFauxqsServer(): Promise<{ url: string; stop: () => void }> {
  const server = fork(join(import.meta.dirname, 'fauxqs-server.js'));
  const [port]: unknown[] = await once(server, 'message');
  return { url: `http://127.0.0.1:${String(port)}`, stop: () => server.kill() };
}

/** A queue of fauxqs behind the AWS SDK. */
export async function startFauxqs(): Promise<{ queue: CycledQueue; stop: () => void }> {
  const server = await startFauxqsServer();
  const client = new SQSClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
  });
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: 'bench' }));
  return {
    queue: {
      send: async (body) => {
        await client.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
      },
      receive: async () => {
        const received = await client.send(
          new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20, MaxNumberOfMessages: 1 }),
        );
        return received.Messages?.[0]?.ReceiptHandle;
      },
      delete: async (ReceiptHandle) => {
        await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      },
    },
    stop: () => {
      client.destroy();
      server.stop();
    },
  };
}
