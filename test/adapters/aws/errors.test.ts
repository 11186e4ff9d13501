import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { type AwsClients, openClients } from '../../../src/adapters/aws/clients.ts';
import { answerTo, type AwsCall } from '../../../src/adapters/aws/errors.ts';

const CALL: AwsCall = { action: 'sqs:SendMessage', resource: 'facefleet-req-queue' };
const SECRET = 'do-not-tell';

/** Clients whose every call a server of ours answers. */
async function clientsOf(answer: (response: ServerResponse) => void): Promise<AwsClients> {
  const server = createServer((request, response) => {
    request.resume();
    answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${port}`);
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', SECRET);
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
  const clients = openClients();
  onTestFinished(() => {
    clients.destroy();
    server.close();
    vi.unstubAllEnvs();
  });
  return clients;
}

const askSqs = ({ sqs }: AwsClients) => answerTo(CALL, sqs.send(new ListQueuesCommand({})));
const askEc2 = ({ ec2 }: AwsClients) => answerTo(CALL, ec2.send(new DescribeInstancesCommand({})));
const askS3 = ({ s3 }: AwsClients) =>
  answerTo(CALL, s3.send(new PutObjectCommand({ Bucket: 'photos', Key: 'a', Body: 'a' })));
const headS3 = ({ s3 }: AwsClients) =>
  answerTo(CALL, s3.send(new HeadObjectCommand({ Bucket: 'photos', Key: 'a' })));

/** Answers in the words of SQS's JSON, S3's XML and EC2's XML. */
const json = (status: number, code: string, message: string) => (response: ServerResponse) => {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message }));
};
const s3Xml = (status: number, code: string, more: string) => (response: ServerResponse) => {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<Error><Code>${code}</Code><Message>${SECRET}</Message>${more}</Error>`);
};
const ec2Xml = (status: number, code: string) => (response: ServerResponse) => {
  response.writeHead(status, { 'content-type': 'text/xml' });
  response.end(
    `<Response><Errors><Error><Code>${code}</Code><Message>${SECRET}</Message></Error></Errors>` +
      '<RequestID>r-1</RequestID></Response>',
  );
};

describe('what AWS refuses', () => {
  it.each([
    ['aws_access_denied', askSqs, json(403, 'AccessDeniedException', SECRET)],
    ['aws_access_denied', askEc2, ec2Xml(403, 'UnauthorizedOperation')],
    ['aws_access_denied', headS3, (response: ServerResponse) => response.writeHead(403).end()],
    ['aws_credentials_expired', askSqs, json(403, 'ExpiredTokenException', SECRET)],
    ['aws_credentials_expired', askS3, s3Xml(400, 'ExpiredToken', '')],
    ['aws_credentials_invalid', askSqs, json(403, 'UnrecognizedClientException', SECRET)],
    ['aws_credentials_invalid', askS3, s3Xml(403, 'InvalidAccessKeyId', '')],
    ['aws_credentials_invalid', askEc2, ec2Xml(401, 'AuthFailure')],
    ['aws_clock_skew', askSqs, json(403, 'SignatureDoesNotMatch', 'Signature expired: 2026…')],
    ['aws_clock_skew', askS3, s3Xml(403, 'RequestTimeTooSkewed', '')],
    ['aws_clock_skew', askEc2, ec2Xml(400, 'RequestExpired')],
    [
      'aws_wrong_region',
      askS3,
      s3Xml(400, 'AuthorizationHeaderMalformed', '<Region>us-east-2</Region>'),
    ],
    ['queue_does_not_exist', askSqs, json(400, 'QueueDoesNotExist', SECRET)],
    ['bucket_does_not_exist', askS3, s3Xml(404, 'NoSuchBucket', '')],
    ['aws_throttled', askEc2, ec2Xml(503, 'RequestLimitExceeded')],
    ['aws_throttled', askS3, s3Xml(503, 'SlowDown', '')],
    ['aws_request_failed', askSqs, json(500, 'InternalFailure', SECRET)],
    ['aws_unreachable', askSqs, (response: ServerResponse) => response.destroy()],
  ])('is named %s', async (code, ask, answer) => {
    const error = await failureOf(ask(await clientsOf(answer)));
    expect(error).toMatchObject({ code });
    expect(error.message).not.toMatch(/do-not-tell|AKIDEXAMPLE/);
    expect(error.cause).toBeUndefined();
  });

  it('names the action that a policy lacks, and the statements that have it', async () => {
    const clients = await clientsOf(json(403, 'AccessDeniedException', SECRET));
    const error = await failureOf(askSqs(clients));
    expect(error.message).toMatch('do not allow sqs:SendMessage on facefleet-req-queue');
    expect(error.message).toMatch('QueuePhotos of deploy/iam/web-and-controller.json, or Reply');
  });

  it('names the region that a bucket lies in', async () => {
    const clients = await clientsOf((response) =>
      response.writeHead(301, { 'x-amz-bucket-region': 'us-east-2' }).end(),
    );
    expect((await failureOf(headS3(clients))).message).toMatch('Set AWS_REGION=us-east-2');
  });

  it('is named where there is no region or no endpoint', async () => {
    const clients = await clientsOf((response) => response.end());
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1');
    expect(await failureOf(askSqs(openClients()))).toMatchObject({ code: 'aws_unreachable' });
    vi.stubEnv('AWS_REGION', undefined);
    vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
    expect(await failureOf(askSqs(openClients()))).toMatchObject({ code: 'aws_wrong_region' });
    clients.destroy();
  });
});

async function failureOf(answer: Promise<unknown>): Promise<Error> {
  try {
    await answer;
  } catch (error) {
    return error as Error;
  }
  throw new Error('It did not fail.');
}
