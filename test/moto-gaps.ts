import {
  CreateImageCommand,
  CreateTagsCommand,
  DescribeImagesCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

import { readyKeyOf } from '../src/bus/object-key.ts';
import type { WireAnswer, WireCall } from './aws-recorder.ts';

/** What moto has not got: a quota of vCPUs. */
export function quotaAnswer({ service, target }: WireCall, Value: number): WireAnswer | undefined {
  if (service !== 'servicequotas' || !target?.endsWith('.GetServiceQuota')) return undefined;
  return { status: 200, body: JSON.stringify({ Quota: { Value } }) };
}

/** What moto has not got: the simulation of policies. */
export function simulationAnswer(
  { service, body }: WireCall,
  isAllowed: (action: string) => boolean,
): WireAnswer | undefined {
  const parameters = new URLSearchParams(body);
  if (service !== 'iam' || parameters.get('Action') !== 'SimulatePrincipalPolicy') return undefined;
  const actions = [...parameters].filter(([key]) => key.startsWith('ActionNames.'));
  const results = actions.map(([, action]) => {
    const decision = isAllowed(action) ? 'allowed' : 'implicitDeny';
    return `<member><EvalActionName>${action}</EvalActionName><EvalDecision>${decision}</EvalDecision></member>`;
  });
  return {
    status: 200,
    body:
      '<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">' +
      `<SimulatePrincipalPolicyResult><EvaluationResults>${results.join('')}</EvaluationResults>` +
      '</SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>',
  };
}

/** What moto's instances do not do: their workers become ready, at the moment of the launch. */
export class ReadyWorkers {
  readonly #s3: S3Client;

  /** @param endpoint - moto's own, where nobody counts the calls */
  constructor(endpoint: string) {
    this.#s3 = new S3Client({ endpoint, forcePathStyle: true });
  }

  /** Leaves the word of each worker whose instance was launched by a call. */
  async heard({ service, body }: WireCall, answer: string): Promise<void> {
    const parameters = new URLSearchParams(body);
    if (service !== 'ec2' || parameters.get('Action') !== 'RunInstances') return;
    const [, fleet] = /facefleet%3Afleet&[^&]*Value=([^&]+)/.exec(body) ?? [];
    for (const [, id = ''] of answer.matchAll(/<instanceId>([^<]+)<\/instanceId>/g)) {
      const word = { Bucket: `${fleet}-out-bucket`, Key: readyKeyOf(id), Body: Buffer.alloc(0) };
      await this.#s3.send(new PutObjectCommand(word));
    }
  }

  close(): void {
    this.#s3.destroy();
  }
}

/** What moto has not got: tags that the snapshots of an image get when it is made. */
export class TaggedSnapshots {
  readonly #ec2: EC2Client;

  /** @param endpoint - moto's own, where nobody counts the calls */
  constructor(endpoint: string) {
    this.#ec2 = new EC2Client({ endpoint });
  }

  async answer({ service, body }: WireCall): Promise<WireAnswer | undefined> {
    const parameters = new URLSearchParams(body);
    if (service !== 'ec2' || parameters.get('Action') !== 'CreateImage') return undefined;
    const Tags = tagsFor('snapshot', parameters);
    if (Tags.length === 0) return undefined;
    const { ImageId = '' } = await this.#ec2.send(
      new CreateImageCommand({
        InstanceId: parameters.get('InstanceId') ?? '',
        Name: parameters.get('Name') ?? '',
        TagSpecifications: [{ ResourceType: 'image', Tags: tagsFor('image', parameters) }],
      }),
    );
    const { Images = [] } = await this.#ec2.send(
      new DescribeImagesCommand({ ImageIds: [ImageId] }),
    );
    const disks = Images.flatMap(({ BlockDeviceMappings = [] }) => BlockDeviceMappings);
    const Resources = disks.flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []);
    await this.#ec2.send(new CreateTagsCommand({ Resources, Tags }));
    return {
      status: 200,
      body:
        '<CreateImageResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">' +
        `<requestId>test</requestId><imageId>${ImageId}</imageId></CreateImageResponse>`,
    };
  }

  close(): void {
    this.#ec2.destroy();
  }
}

/** The tags that a call gives to what it makes of a type. */
function tagsFor(type: string, parameters: URLSearchParams): { Key: string; Value: string }[] {
  const [number] = [...parameters].flatMap(([key, value]) =>
    value === type ? (/^TagSpecification\.(\d+)\.ResourceType$/.exec(key)?.[1] ?? []) : [],
  );
  const tags: { Key: string; Value: string }[] = [];
  for (let tag = 1; ; tag++) {
    const prefix = `TagSpecification.${number}.Tag.${tag}`;
    const Key = parameters.get(`${prefix}.Key`);
    if (Key === null) return tags;
    tags.push({ Key, Value: parameters.get(`${prefix}.Value`) ?? '' });
  }
}
