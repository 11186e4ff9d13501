import { describe, expect, it, onTestFinished } from 'vitest';

import { openImds } from '../../../src/adapters/aws/imds.ts';
import { type ImdsServer, startImds } from '../../imds-server.ts';

async function server(metadata: Record<string, string>): Promise<ImdsServer> {
  const imds = await startImds(metadata);
  onTestFinished(() => imds.stop());
  return imds;
}

const at = ({ url }: Pick<ImdsServer, 'url'>, disabled = 'false') =>
  openImds({ AWS_EC2_METADATA_SERVICE_ENDPOINT: url, AWS_EC2_METADATA_DISABLED: disabled });

describe('the instance metadata service', () => {
  it('tells the id of the instance', async () => {
    expect(await at(await server({ 'instance-id': 'i-0abc' })).instanceId()).toBe('i-0abc');
  });

  it('tells of an interruption as soon as there is one', async () => {
    const imds = await server({});
    const metadata = at(imds);
    expect(await metadata.interruption()).toBeUndefined();
    const notice = { action: 'terminate', time: '2026-01-01T12:00:00Z' };
    imds.metadata.set('spot/instance-action', JSON.stringify(notice));
    expect(await metadata.interruption()).toEqual(notice);
  });

  it('is asked with another token when the old one is valid no more', async () => {
    const imds = await server({ 'instance-id': 'i-0abc' });
    const metadata = at(imds);
    await metadata.instanceId();
    imds.forgetTokens();
    expect(await metadata.instanceId()).toBe('i-0abc');
  });

  it('is not there outside EC2, or when the environment says so', async () => {
    expect(await at({ url: 'http://127.0.0.1:1' }).instanceId()).toBeUndefined();
    const imds = await server({ 'instance-id': 'i-0abc' });
    expect(await at(imds, 'true').instanceId()).toBeUndefined();
  });
});
