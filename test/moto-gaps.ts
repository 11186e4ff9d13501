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
