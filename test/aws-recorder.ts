import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One call of AWS, in the words of its policies. */
export interface RecordedCall {
  /** The access key id that signed it: in the tests, each role has one of its own. */
  readonly by: string;
  /** Such as `sqs:SendMessage`. */
  readonly action: string;
  /** Name of a queue; `bucket` or `bucket/key`; `*` where AWS knows no resource. */
  readonly resource: string;
}

export interface Recorder {
  readonly url: string;
  readonly calls: readonly RecordedCall[];
  stop(): Promise<void>;
}

interface WireCall {
  readonly method: string;
  readonly url: URL;
  readonly target: string | undefined;
  readonly body: string;
}

/**
 * Stands before an AWS endpoint and writes down every call that is made of it, whichever process
 * makes it.
 */
export async function startRecorder(endpoint: string): Promise<Recorder> {
  const calls: RecordedCall[] = [];
  const server = createServer((asked, answer) => {
    void pass(asked, answer, endpoint, (call) => calls.push(...call));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function pass(
  asked: IncomingMessage,
  answer: ServerResponse,
  endpoint: string,
  record: (calls: RecordedCall[]) => void,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of asked) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  record(callsOf(asked, body.toString()));
  const { method, headers } = asked;
  const forwarded = request(new URL(asked.url ?? '/', endpoint), { method, headers }, (got) => {
    answer.writeHead(got.statusCode ?? 500, got.headers);
    got.pipe(answer);
  });
  forwarded.once('error', () => answer.destroy());
  forwarded.end(body);
}

/** Signature version 4 names who signed, and for which service. */
const SIGNED = /Credential=([^/]+)\/\d+\/[^/]+\/(\w+)\//;

function callsOf({ method = '', url = '/', headers }: IncomingMessage, body: string) {
  const [, by = '', service] = SIGNED.exec(headers.authorization ?? '') ?? [];
  const target = headers['x-amz-target'] as string | undefined;
  const call: WireCall = { method, url: new URL(url, 'http://aws'), target, body };
  const actions = service === 'sqs' ? sqsOf(call) : service === 's3' ? s3Of(call) : ec2Of(call);
  return actions.map(([action, resource]): RecordedCall => ({ by, action, resource }));
}

type Actions = (readonly [action: string, resource: string])[];

/** A batch needs the right to do what it is a batch of. */
function sqsOf({ target = '', body }: WireCall): Actions {
  const action = `sqs:${target.replace('AmazonSQS.', '').replace(/Batch$/, '')}`;
  const { QueueUrl, QueueName, tags } = JSON.parse(body) as Record<string, string | undefined>;
  if (action === 'sqs:ListQueues') return [[action, '*']];
  const queue = QueueName ?? QueueUrl?.split('/').at(-1) ?? '';
  return tags === undefined
    ? [[action, queue]]
    : [
        [action, queue],
        ['sqs:TagQueue', queue],
      ];
}

/** What each request of S3 needs ("Required permissions for Amazon S3 API operations"). */
function s3Of({ method, url, body }: WireCall): Actions {
  const path = decodeURIComponent(url.pathname.slice(1));
  const bucket = path.split('/')[0] ?? '';
  const isVersion = url.searchParams.has('versionId');
  if (path === bucket || path === `${bucket}/`) {
    if (url.searchParams.has('delete')) {
      return [...body.matchAll(/<Key>([^<]*)<\/Key>(<VersionId>)?/g)].map(([, key, version]) => [
        version === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion',
        `${bucket}/${key}`,
      ]);
    }
    if (url.searchParams.has('versioning')) {
      return [[method === 'PUT' ? 's3:PutBucketVersioning' : 's3:GetBucketVersioning', bucket]];
    }
    if (method === 'PUT') return [['s3:CreateBucket', bucket]];
    return [[url.searchParams.has('versions') ? 's3:ListBucketVersions' : 's3:ListBucket', bucket]];
  }
  const verb = { PUT: 'Put', DELETE: 'Delete' }[method] ?? 'Get';
  return [[`s3:${verb}Object${isVersion && verb !== 'Put' ? 'Version' : ''}`, path]];
}

/** What one new instance is made of, as far as policies know it. */
const INSTANCE_PARTS = [
  'image',
  'instance',
  'launch-template',
  'network-interface',
  'security-group',
  'subnet',
  'volume',
];

function ec2Of({ body }: WireCall): Actions {
  const parameters = new URLSearchParams(body);
  const action = `ec2:${parameters.get('Action')}`;
  if (action === 'ec2:RunInstances') {
    const tags = parameters.has('TagSpecification.1.Tag.1.Key');
    return [
      ...INSTANCE_PARTS.map((part) => [action, `${part}/*`] as const),
      ...(tags ? [['ec2:CreateTags', 'instance/*'] as const] : []),
      // By the instance profile of its launch template.
      ['iam:PassRole', 'role/facefleet-worker'],
    ];
  }
  const ids = [...parameters].filter(([name]) => name.startsWith('InstanceId.'));
  return ids.length === 0 ? [[action, '*']] : ids.map(([, id]) => [action, `instance/${id}`]);
}
