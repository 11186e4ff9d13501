import { expect, it } from 'vitest';

import type { ServiceFacts } from '../../src/http/service-facts.ts';
import { serve } from './serve.ts';

const facts: ServiceFacts = {
  settings: [
    {
      flag: '--port',
      takes: 'number',
      env: 'PORT',
      value: 8000,
      source: 'default',
      description: 'port',
    },
    {
      flag: '--name',
      takes: 'name',
      env: 'NAME',
      value: null,
      source: 'default',
      description: 'name',
    },
  ],
  check: async () => [
    { check: 'disk', status: 'warning', message: 'It is full.', mend: 'Free some.' },
  ],
};

it('GET /v1/settings tells what is set', async () => {
  const { url } = await serve({ facts });
  const { settings } = facts;
  expect(await (await fetch(`${url}/v1/settings`)).json()).toEqual({ settings });
});

it('GET /v1/checks looks and tells what it found', async () => {
  const { url } = await serve({ facts });
  expect(await (await fetch(`${url}/v1/checks`)).json()).toEqual({ checks: await facts.check() });
});

it('settings and checks are for admins', async () => {
  const { url } = await serve({ facts, admin: { key: 'secret', isLoopback: true } });
  for (const path of ['/v1/settings', '/v1/checks']) {
    expect((await fetch(`${url}${path}`)).status).toBe(401);
  }
});
