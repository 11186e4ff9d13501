import { describe, expect, it } from 'vitest';

import { serve } from './serve.ts';

describe('health', () => {
  it('is told while the process serves', async () => {
    const { url } = await serve({ notReadyReasons: async () => ['No model.'] });
    const response = await fetch(`${url}/healthz`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ok' });
  });

  it('includes readiness, and what is missing', async () => {
    const reasons: string[] = [];
    const { url } = await serve({ notReadyReasons: async () => reasons });
    const ready = await fetch(`${url}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({ ready: true, reasons: [] });

    reasons.push('The request queue does not answer.');
    const unready = await fetch(`${url}/readyz`);
    expect(unready.status).toBe(503);
    expect(await unready.json()).toEqual({ ready: false, reasons });
  });

  it('is asked too often for the log', async () => {
    const { url, log } = await serve();
    await fetch(`${url}/healthz`);
    await fetch(url);
    const levelOf = (path: string): unknown => log.find((line) => line['path'] === path)?.['level'];
    expect(levelOf('/healthz')).toBe(20);
    expect(levelOf('/')).toBe(30);
  });
});
