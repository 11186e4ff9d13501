import { afterEach, describe, expect, it, vi } from 'vitest';

import { openClients } from '../../src/adapters/aws/clients.ts';
import { AwsQueues } from '../../src/adapters/aws/queues.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { useMoto } from '../adapters/aws/environment.ts';
import { drain } from '../adapters/queue-use.ts';
import { deploy } from '../aws-deployment.ts';
import { type ImdsServer, startImds } from '../imds-server.ts';
import { isMotoInstalled } from '../moto.ts';
import { startPart } from './service.ts';

describe.skipIf(!isMotoInstalled)('a worker on a spot instance', () => {
  useMoto('sqs', 's3');
  let imds: ImdsServer | undefined;
  afterEach(() => imds?.stop());

  it('reports by its instance id, and drains when EC2 takes the instance back', async () => {
    imds = await startImds({ 'instance-id': 'i-0123456789abcdef0' });
    vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', imds.url);
    await deploy('spot');
    const worker = await startPart('worker', '--world', 'aws', '--name', 'spot');
    expect(worker.log().at(-1)).toMatchObject({ instanceId: 'i-0123456789abcdef0', msg: 'ready' });

    const notice = { action: 'terminate', time: '2026-01-01T12:00:00Z' };
    imds.metadata.set('spot/instance-action', JSON.stringify(notice));
    expect(await worker.ended).toMatchObject({ code: 0 });
    expect(worker.log().map(({ msg }) => msg)).toContain('EC2 takes this spot instance back');

    const clients = openClients();
    const queues = new AwsQueues(clients.sqs, systemClock);
    const events = await drain(await queues.open('spot-events-queue'));
    const told = events.map(({ body }) => JSON.parse(body) as { type: string; instance: string });
    expect(new Set(told.map(({ instance }) => instance))).toEqual(new Set(['i-0123456789abcdef0']));
    expect(told.map(({ type }) => type)).toContain('worker.draining');
    queues.close();
    clients.destroy();
  });
});
