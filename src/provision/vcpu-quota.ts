import { paginateDescribeInstances } from '@aws-sdk/client-ec2';
import { GetServiceQuotaCommand } from '@aws-sdk/client-service-quotas';

import { answerTo } from '../adapters/aws/errors.ts';
import { answerUnless } from './answers.ts';
import type { Site } from './site.ts';

/** How many vCPUs of a kind the account may run at a time, on demand. */
export interface VcpuQuota {
  readonly code: string;
  readonly limit: number;
  readonly used: number;
}

/**
 * "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", in vCPUs ("EC2 On-Demand
 * Instance quotas", EC2 user guide).
 */
const STANDARD = { code: 'L-1216C47A', types: /^(?:im|is|[acdhimrtz])\d/ };

/** `undefined` for instance types under another quota, or when the account does not tell. */
export async function quotaOf(site: Site, instanceType: string): Promise<VcpuQuota | undefined> {
  if (!STANDARD.types.test(instanceType)) return undefined;
  const { code } = STANDARD;
  const answer = await answerUnless(
    ['NoSuchResourceException'],
    { action: 'servicequotas:GetServiceQuota', resource: code },
    site.clients.quotas.send(new GetServiceQuotaCommand({ ServiceCode: 'ec2', QuotaCode: code })),
  );
  const limit = answer?.Quota?.Value;
  return limit === undefined ? undefined : { code, limit, used: await vcpusInUse(site) };
}

/** How many more instances may run. */
export const roomFor = ({ limit, used }: VcpuQuota, vcpus: number): number =>
  Math.max(0, Math.floor((limit - used) / vcpus));

async function vcpusInUse({ clients }: Site): Promise<number> {
  const Filters = [{ Name: 'instance-state-name', Values: ['pending', 'running'] }];
  const pages = paginateDescribeInstances({ client: clients.ec2 }, { Filters });
  const count = async (): Promise<number> => {
    let vcpus = 0;
    for await (const { Reservations = [] } of pages) {
      for (const { InstanceType = '', CpuOptions, InstanceLifecycle } of Reservations.flatMap(
        ({ Instances = [] }) => Instances,
      )) {
        if (InstanceLifecycle !== undefined || !STANDARD.types.test(InstanceType)) continue;
        vcpus += (CpuOptions?.CoreCount ?? 1) * (CpuOptions?.ThreadsPerCore ?? 1);
      }
    }
    return vcpus;
  };
  return answerTo({ action: 'ec2:DescribeInstances', resource: 'the account' }, count());
}
