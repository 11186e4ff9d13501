import { EC2Client } from '@aws-sdk/client-ec2';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';

/** The AWS services that facefleet speaks to. A client connects only when it is first used. */
export interface AwsClients {
  readonly sqs: SQSClient;
  readonly s3: S3Client;
  readonly ec2: EC2Client;
  /** Cuts off what is under way and closes every connection. */
  destroy(): void;
}

const CONNECTION_TIMEOUT_MS = 3000;

/** Outlasts the longest long poll, 20 s; a connection that says nothing for longer is dead. */
const REQUEST_TIMEOUT_MS = 30_000;

/** As many uploads send their photo at once as the web tier takes. */
const MAX_SOCKETS = 100;

/** EC2's calls are few, and their limits low: after a throttling the client itself slows down. */
const EC2_ATTEMPTS = 3;

/** The calls of a controller end long before its next round but one. */
const EC2_REQUEST_TIMEOUT_MS = 10_000;

/**
 * Clients whose credentials, region and endpoints come from the SDK's own chain: environment
 * variables (`AWS_REGION`, `AWS_PROFILE`, `AWS_ENDPOINT_URL_SQS`, …), the shared files, the
 * instance's role.
 */
export function openClients(): AwsClients {
  // The versions that the lock file names run on every Node that package.json names.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const requestHandler = {
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    throwOnRequestTimeout: true,
    httpAgent: { maxSockets: MAX_SOCKETS },
    httpsAgent: { maxSockets: MAX_SOCKETS },
  };
  // A queue's URL names the host that the server believes to be, which may not be the way to it.
  const sqs = new SQSClient({ requestHandler, useQueueUrlAsEndpoint: false });
  const s3 = new S3Client({ requestHandler, forcePathStyle: isS3Elsewhere() });
  const ec2 = new EC2Client({
    requestHandler: { ...requestHandler, requestTimeout: EC2_REQUEST_TIMEOUT_MS },
    retryMode: 'adaptive',
    maxAttempts: EC2_ATTEMPTS,
  });
  return {
    sqs,
    s3,
    ec2,
    destroy() {
      for (const client of [sqs, s3, ec2]) client.destroy();
    },
  };
}

/** An S3 that is not Amazon's has no host name for each bucket. */
function isS3Elsewhere(): boolean {
  return 'AWS_ENDPOINT_URL_S3' in process.env || 'AWS_ENDPOINT_URL' in process.env;
}
