import { describe, expect, it } from 'vitest';

import { machines, statecharts } from '../../src/machines/machines.ts';
import { mermaidOf } from '../../src/machines/mermaid.ts';
import { scxmlOf } from '../../src/machines/scxml.ts';
import { serve } from './serve.ts';

describe('GET /v1/machines', () => {
  it.each(Object.keys(statecharts))('draws every state and arrow of %s', async (name) => {
    const { url } = await serve();
    const response = await fetch(`${url}/v1/machines/${name}.svg`);
    expect(response.headers.get('content-type')).toContain('image/svg+xml');
    const svg = await response.text();
    const chart = statecharts[name as keyof typeof statecharts];
    expect(chart.states.filter(({ path }) => !svg.includes(`data-state="${path}"`))).toEqual([]);
    const drawn = [...svg.matchAll(/data-source="([^"]*)"\s+data-target="([^"]*)"/g)];
    const arrows = new Set(drawn.map(([, source, target]) => `${source}>${target}`));
    // What leads to many states by one word is written down.
    const missing = chart.arrows.filter(({ source, target }) => !arrows.has(`${source}>${target}`));
    for (const { labels } of missing)
      expect(svg).toContain(`${labels.join(', ')} leads to each of`);
    expect(drawn.length).toBeGreaterThan(chart.arrows.length / 2);
  });

  it('leaves the labels away when asked to, and needs less room', async () => {
    const { url } = await serve();
    const widthOf = async (query: string): Promise<number> => {
      const svg = await (await fetch(`${url}/v1/machines/instance.svg${query}`)).text();
      return Number(/ width="(\d+)"/.exec(svg)?.[1]);
    };
    expect(await widthOf('?labels=no')).toBeLessThan((await widthOf('')) * 0.7);
  });

  it('writes a machine as Mermaid', async () => {
    const { url } = await serve();
    const response = await fetch(`${url}/v1/machines/instance.mmd`);
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(await response.text()).toBe(mermaidOf(statecharts.instance));
  });

  it('writes a machine as SCXML', async () => {
    const { url } = await serve();
    const response = await fetch(`${url}/v1/machines/worker.scxml`);
    expect(response.headers.get('content-type')).toContain('application/scxml+xml');
    expect(await response.text()).toBe(scxmlOf(machines.worker));
  });

  it('knows no other machines', async () => {
    const { url } = await serve();
    for (const path of [
      'kettle.svg',
      'kettle.mmd',
      'kettle.scxml',
      'toString.svg',
      'instance.gif',
    ]) {
      expect((await fetch(`${url}/v1/machines/${path}`)).status).toBe(404);
    }
  });
});

describe('GET /v1/policies', () => {
  const inputs = {
    visible: '14',
    inFlight: '0',
    running: '6',
    pending: '5',
    stopped: '8',
    room: '8',
    min: '0',
    max: '19',
  };

  it('tells what each policy would advise from the inputs of a decision', async () => {
    const { url } = await serve();
    const response = await fetch(`${url}/v1/policies?${new URLSearchParams(inputs).toString()}`);
    expect(await response.json()).toMatchObject({
      'one-per-message': { start: 3, stop: 0 },
      literal: { start: 8, stop: 0 },
    });
  });

  it('refuses inputs that are missing or no counts', async () => {
    const { url } = await serve();
    for (const query of ['', new URLSearchParams({ ...inputs, visible: '-1' }).toString()]) {
      const response = await fetch(`${url}/v1/policies?${query}`, {
        headers: { accept: 'application/json' },
      });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: { code: 'malformed_request' } });
    }
  });
});
