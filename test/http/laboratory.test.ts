import { describe, expect, it } from 'vitest';

import type { HistoryPage } from '../../src/bus/event-history.ts';
import type { RecordedEvent } from '../../src/bus/events.ts';
import type { Happening, Scenario } from '../../src/simulation/scenario.ts';
import { serve } from './serve.ts';

const QUIET: Scenario = {
  seed: 7,
  world: 'aws',
  policy: 'one-per-message',
  instances: 6,
  photosPerSecond: 0,
  minutes: 5,
  happenings: [{ at: 1000, type: 'burst', photos: 6 }],
};

const ask = async (scenario: unknown): Promise<Response> => {
  const { url } = await serve();
  const query = new URLSearchParams({ scenario: JSON.stringify(scenario) });
  return fetch(`${url}/v1/laboratory?${query.toString()}`, {
    headers: { accept: 'application/json' },
  });
};

async function pagesOf(scenario: Scenario): Promise<HistoryPage[]> {
  const response = await ask(scenario);
  expect(response.status).toBe(200);
  return ((await response.json()) as { pages: HistoryPage[] }).pages;
}

const lifeOf = async (scenario: Scenario): Promise<RecordedEvent[]> =>
  (await pagesOf(scenario)).flatMap(({ events }) => events);

const withFault = (...faults: Happening[]): Scenario => ({
  ...QUIET,
  happenings: [...QUIET.happenings, ...faults],
});

/** The state that each instance is in at the end. */
const lastStates = (life: readonly RecordedEvent[]): Record<string, string> =>
  Object.fromEntries(
    life.flatMap((event) =>
      event.type === 'instance.transition' ? [[event.instance, event.state]] : [],
    ),
  );

const reasons = (life: readonly RecordedEvent[]): string[] =>
  life.flatMap((event) => (event.type === 'controller.decision' ? [event.reason] : []));

describe('GET /v1/laboratory', () => {
  it('answers a scenario with its life: a burst starts the fleet, and the fleet stops again', async () => {
    const life = await lifeOf(QUIET);
    expect(life.map(({ seq }) => seq)).toEqual(life.map((_, index) => index + 1));
    expect(reasons(life)).toContain('6 messages, 0 active: start 6 of 6 stopped');
    expect(new Set(Object.values(lastStates(life)))).toEqual(new Set(['stopped']));
  });

  it('gives the same life to the same scenario', async () => {
    expect(await lifeOf(QUIET)).toEqual(await lifeOf(QUIET));
  });

  it('leaves the time before a happening as it was', async () => {
    const at = 40_000;
    const before = (life: readonly RecordedEvent[]): RecordedEvent[] =>
      life.filter((event) => event.at < at);
    const life = await lifeOf(withFault({ at, type: 'killed' }));
    expect(before(life)).toEqual(before(await lifeOf(QUIET)));
    expect(life).not.toEqual(await lifeOf(QUIET));
  });

  it('keeps an instance in pending, and replaces it when it is stuck', async () => {
    const life = await lifeOf({
      ...withFault({ at: 10_000, type: 'stuck' }),
      minutes: 15,
      photosPerSecond: 0.2,
    });
    expect(lastStates(life)).toMatchObject({ 'i-01': 'pending.stuck' });
  });

  it('has no capacity for a while', async () => {
    const life = await lifeOf(withFault({ at: 0, type: 'capacity', seconds: 60 }));
    const refused = life.filter(
      (event) => event.type === 'instance.transition' && event.cause === 'REFUSED',
    );
    expect(refused.length).toBeGreaterThanOrEqual(6);
    expect(refused.every(({ at }) => at <= 60_000)).toBe(true);
    expect(life.at(-1)?.at).toBeGreaterThan(60_000);
  });

  it('decides by counts that stand still', async () => {
    const life = await lifeOf(withFault({ at: 0, type: 'stale', seconds: 100 }));
    const first = life.find(
      (event) => event.type === 'controller.decision' && event.start.length > 0,
    );
    expect(first?.at).toBeGreaterThan(100_000);
  });

  it('tells of throttled calls', async () => {
    const life = await lifeOf(withFault({ at: 0, type: 'throttled', seconds: 30 }));
    expect(life.filter(({ type }) => type === 'controller.failed').length).toBeGreaterThan(1);
  });

  it('ends early when too much happens, and says so', async () => {
    const pages = await pagesOf({
      ...QUIET,
      world: 'local',
      photosPerSecond: 50,
      minutes: 60,
    });
    expect(pages.at(-1)?.problem).toMatch(/^So much happens that the simulation ends after/);
    expect(pages.every(({ events }) => events.length <= 1000)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['an unknown policy', { ...QUIET, policy: 'guess' }],
    ['too many instances', { ...QUIET, instances: 1001 }],
    ['an unknown happening', { ...QUIET, happenings: [{ at: 0, type: 'earthquake' }] }],
  ])('refuses %s', async (_, scenario) => {
    const response = await ask(scenario);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'malformed_request' } });
  });

  it('runs two simulations at a time', async () => {
    const { url } = await serve();
    const query = new URLSearchParams({
      scenario: JSON.stringify({ ...QUIET, photosPerSecond: 5 }),
    });
    const answers = await Promise.all(
      Array.from({ length: 3 }, () => fetch(`${url}/v1/laboratory?${query.toString()}`)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
    expect(answers.filter(({ status }) => status === 503)).toHaveLength(1);
  });
});
