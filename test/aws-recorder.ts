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

/** A call as it goes over the wire. */
export interface WireCall {
  /** Such as `ec2`. */
  readonly service: string;
  readonly method: string;
  readonly url: URL;
  readonly target: string | undefined;
  readonly body: string;
}

/** What is done with calls besides writing them down. */
export interface Interference {
  /** What is answered in the place of AWS. */
  readonly answer?: (
    call: WireCall,
  ) => WireAnswer | 'cut' | undefined | Promise<WireAnswer | 'cut' | undefined>;
  /** Called when AWS has answered, before whoever asked hears of it. `cut` breaks the connection. */
  readonly heard?: (call: WireCall, answer: string) => Promise<'pass' | 'cut'>;
  /** What is told of an answer of AWS, where it is another one. */
  readonly told?: (call: WireCall, answer: string) => string | undefined;
}

export interface WireAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * Stands before an AWS endpoint and writes down every call that is made of it, whichever process
 * makes it.
 */
export async function startRecorder(
  endpoint: string,
  interference: Interference = {},
): Promise<Recorder> {
  const calls: RecordedCall[] = [];
  const server = createServer((asked, answer) => {
    void pass(asked, answer, { endpoint, record: (call) => calls.push(...call), ...interference });
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

interface Way extends Interference {
  readonly endpoint: string;
  readonly record: (calls: RecordedCall[]) => void;
}

async function pass(asked: IncomingMessage, answer: ServerResponse, way: Way): Promise<void> {
  const body = await bytesOf(asked);
  const call = wireCallOf(asked, body.toString());
  way.record(callsOf(asked, call));
  const instead = await way.answer?.(call);
  if (instead === 'cut') {
    answer.destroy();
    return;
  }
  if (instead !== undefined) {
    answer.writeHead(instead.status).end(instead.body);
    return;
  }
  const { method, headers } = asked;
  const forwarded = request(new URL(asked.url ?? '/', way.endpoint), { method, headers }, (got) => {
    void (async () => {
      const heard = await bytesOf(got);
      if ((await way.heard?.(call, heard.toString())) === 'cut') {
        answer.destroy();
        return;
      }
      const told = Buffer.from(way.told?.(call, heard.toString()) ?? heard);
      const { 'content-length': length, ...headers } = got.headers;
      // A HEAD tells of a length that it does not have.
      const lengthNow = told.equals(heard) ? length : told.length;
      answer.writeHead(got.statusCode ?? 500, {
        ...headers,
        ...(lengthNow !== undefined && { 'content-length': lengthNow }),
      });
      answer.end(told);
    })();
  });
  forwarded.once('error', () => answer.destroy());
  forwarded.end(body);
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Signature version 4 names who signed, and for which service: in a header, or in a URL signed before. */
const SIGNED = /Credential=([^/]+)\/\d+\/[^/]+\/(\w+)\//;

const signedBy = ({ headers, url = '' }: IncomingMessage): RegExpExecArray | null =>
  SIGNED.exec(headers.authorization ?? decodeURIComponent(url));

function wireCallOf(asked: IncomingMessage, body: string): WireCall {
  const { method = '', url = '/', headers } = asked;
  const [, , service = ''] = signedBy(asked) ?? [];
  const target = headers['x-amz-target'] as string | undefined;
  return { service, method, url: new URL(url, 'http://aws'), target, body };
}

const READERS: Readonly<Record<string, (call: WireCall) => Actions>> = {
  sqs: sqsOf,
  s3: s3Of,
  ec2: ec2Of,
  iam: iamOf,
  // Everybody may ask who they are.
  sts: () => [],
  servicequotas: ({ target = '' }) => [[`servicequotas:${target.split('.')[1]}`, '*']],
  tagging: ({ target = '' }) => [[`tag:${target.split('.')[1]}`, '*']],
};

function callsOf(asked: IncomingMessage, call: WireCall): RecordedCall[] {
  const [, by = ''] = signedBy(asked) ?? [];
  const actions = READERS[call.service]?.(call) ?? [];
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

/** What policies call the settings of a bucket. */
const BUCKET_PARTS: Readonly<Record<string, string>> = {
  encryption: 'EncryptionConfiguration',
  lifecycle: 'LifecycleConfiguration',
  publicAccessBlock: 'BucketPublicAccessBlock',
  tagging: 'BucketTagging',
  versioning: 'BucketVersioning',
};

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
    const part = Object.keys(BUCKET_PARTS).find((name) => url.searchParams.has(name));
    if (part !== undefined) {
      return [[`s3:${method === 'PUT' ? 'Put' : 'Get'}${BUCKET_PARTS[part]}`, bucket]];
    }
    if (method === 'PUT') return [['s3:CreateBucket', bucket]];
    if (method === 'DELETE') return [['s3:DeleteBucket', bucket]];
    return [[url.searchParams.has('versions') ? 's3:ListBucketVersions' : 's3:ListBucket', bucket]];
  }
  const verb = { PUT: 'Put', DELETE: 'Delete' }[method] ?? 'Get';
  return [
    [`s3:${verb}Object${isVersion && verb !== 'Put' ? 'Version' : ''}`, path],
    // Whoever may not list a bucket is not told that something is not in it.
    ...(method === 'HEAD' ? [['s3:ListBucket', bucket] as const] : []),
  ];
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

/** What other calls of EC2 are about: the parameter that names it, and what policies call it. */
const EC2_RESOURCES: Readonly<Record<string, readonly [parameter: string, type: string]>> = {
  CreateLaunchTemplate: ['LaunchTemplateName', 'launch-template'],
  CreateLaunchTemplateVersion: ['LaunchTemplateName', 'launch-template'],
  ModifyLaunchTemplate: ['LaunchTemplateName', 'launch-template'],
  DeleteLaunchTemplate: ['LaunchTemplateName', 'launch-template'],
  DeleteSecurityGroup: ['GroupId', 'security-group'],
  DeregisterImage: ['ImageId', 'image'],
  DeleteSnapshot: ['SnapshotId', 'snapshot'],
  DeleteVolume: ['VolumeId', 'volume'],
};

function ec2Of({ body }: WireCall): Actions {
  const parameters = new URLSearchParams(body);
  const name = parameters.get('Action') ?? '';
  const action = `ec2:${name}`;
  const tags: Actions = [...parameters].flatMap(([key, type]) =>
    /^TagSpecification\.\d+\.ResourceType$/.test(key) ? [['ec2:CreateTags', `${type}/*`]] : [],
  );
  if (name === 'RunInstances') {
    return [
      ...INSTANCE_PARTS.map((part) => [action, `${part}/*`] as const),
      ...tags,
      // By the launch template: the tag of its disks, and the role of its instance profile.
      ['ec2:CreateTags', 'volume/*'],
      ['iam:PassRole', 'role/facefleet-worker'],
    ];
  }
  if (name === 'CreateSecurityGroup') {
    return [[action, 'security-group/*'], [action, 'vpc/*'], ...tags];
  }
  if (name === 'CreateImage') {
    const parts = ['image', 'instance', 'snapshot'];
    return [...parts.map((part) => [action, `${part}/*`] as const), ...tags];
  }
  if (name === 'GetConsoleOutput') return [[action, `instance/${parameters.get('InstanceId')}`]];
  const [parameter, type] = EC2_RESOURCES[name] ?? [];
  if (parameter !== undefined) return [[action, `${type}/${parameters.get(parameter)}`], ...tags];
  if (name.startsWith('Describe')) return [[action, '*']];
  const ids = [...parameters].filter(([key]) => /^(InstanceId|ResourceId)\./.test(key));
  return ids.map(([, id]) => [action, `instance/${id}`]);
}

function iamOf({ body }: WireCall): Actions {
  const parameters = new URLSearchParams(body);
  const name = parameters.get('Action') ?? '';
  const action = `iam:${name}`;
  if (name === 'SimulatePrincipalPolicy') return [[action, '*']];
  const role = `role/${parameters.get('RoleName')}`;
  const profile = parameters.get('InstanceProfileName');
  if (profile === null) {
    return name === 'CreateRole'
      ? [
          [action, role],
          ['iam:TagRole', role],
        ]
      : [[action, role]];
  }
  const resource = `instance-profile/${profile}`;
  switch (name) {
    case 'CreateInstanceProfile':
      return [
        [action, resource],
        ['iam:TagInstanceProfile', resource],
      ];
    case 'AddRoleToInstanceProfile':
      return [
        [action, resource],
        ['iam:PassRole', role],
      ];
    default:
      return [[action, resource]];
  }
}
