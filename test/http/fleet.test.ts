import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import { EventBus } from '../../src/bus/event-bus.ts';
import type { HistoryPage } from '../../src/bus/event-history.ts';
import { EMPTY_FLEET } from '../../src/bus/fleet-view.ts';
import { RecentEvents } from '../../src/bus/recent-events.ts';
import type { FleetSource } from '../../src/http/fleet-source.ts';
import { serve } from './serve.ts';

const PAGE: HistoryPage = {
  head: { seq: 0, view: { ...EMPTY_FLEET, at: 1000 } },
  events: [{ v: 1, seq: 1, at: 1000, type: 'worker.ready', instance: 'worker-1' }],
  problem: 'its last line is torn',
};

function newFleet(): { bus: EventBus; fleet: FleetSource; move: (state: string) => void } {
  const clock = new SteppedClock(5000);
  const bus = new EventBus({
    clock,
    lastSeq: 0,
    onListenerError: (error) => {
      throw error;
    },
  });
  const fleet: FleetSource = {
    recent: new RecentEvents(bus, EMPTY_FLEET),
    history: {
      contents: () => ({
        pages: [{ seq: 0, at: 1000, messages: 0, active: 0 }],
        problems: ['events-000000000000.jsonl is of another version, or damaged'],
      }),
      page: (seq) => (seq === 0 ? PAGE : undefined),
    },
    clock,
    cap: 2,
    depth: async () => ({ visible: 3, inFlight: 1, delayed: 0 }),
  };
  const move = (state: string): void =>
    bus.publish({
      type: 'instance.transition',
      instance: 'worker-1',
      since: 4000,
      state,
      cause: 'OBSERVED',
    });
  return { bus, fleet, move };
}

describe('GET /v1/fleet', () => {
  it('tells the demand, the cap, every instance and the last decision', async () => {
    const { bus, fleet, move } = newFleet();
    const { url } = await serve({ fleet });
    move('running.busy');
    bus.publish({
      type: 'worker.busy',
      instance: 'worker-1',
      photo: 'a',
      done: 7,
    });
    const decision = {
      type: 'controller.decision',
      policy: 'one-per-message',
      start: [],
      stop: [],
      reason: '4 messages, 2 active: nothing to do',
    } as const;
    bus.publish(decision);

    const response = await fetch(`${url}/v1/fleet`);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({
      demand: { visible: 3, inFlight: 1 },
      cap: 2,
      instances: [{ id: 'worker-1', state: 'running', busy: true, since: 4000, done: 7 }],
      decision: { ...decision, v: 1, seq: 3, at: 5000 },
    });
  });

  it('tells how often a worker ended by itself, and why, until it is ready', async () => {
    const { bus, fleet, move } = newFleet();
    const { url } = await serve({ fleet });
    const failure = async (): Promise<unknown> => {
      const { instances } = (await (await fetch(`${url}/v1/fleet`)).json()) as {
        instances: { failure?: unknown }[];
      };
      return instances[0]?.failure;
    };
    move('pending');
    for (const reason of ['The model is gone.', 'it was ended by SIGKILL']) {
      bus.publish({ type: 'worker.exited', instance: 'worker-1', reason });
      move('stopped');
      move('pending');
    }
    expect(await failure()).toEqual({ count: 2, at: 5000, reason: 'it was ended by SIGKILL' });
    bus.publish({ type: 'worker.ready', instance: 'worker-1' });
    expect(await failure()).toBeUndefined();
    bus.publish({ type: 'worker.exited', instance: 'worker-1' });
    expect(await failure()).toBeUndefined();
  });

  it('says that another process scales the fleet', async () => {
    const { url } = await serve();
    for (const path of ['/v1/fleet', '/v1/fleet/events', '/v1/fleet/log', '/v1/fleet/log/0']) {
      const response = await fetch(url + path, { headers: { accept: 'application/json' } });
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({
        error: { code: 'not_found', message: expect.stringContaining('No controller') as string },
      });
    }
  });
});

interface Message {
  readonly id: number;
  readonly event: string;
  readonly data: { readonly state?: string; readonly [field: string]: unknown };
}

interface Following {
  readonly messages: Message[];
  readonly ended: Promise<void>;
}

/** Reads server-sent events as an EventSource would. */
async function follow(address: string, lastEventId?: number): Promise<Following> {
  const leaving = new AbortController();
  onTestFinished(() => leaving.abort());
  const response = await fetch(address, {
    signal: leaving.signal,
    headers: lastEventId === undefined ? {} : { 'Last-Event-ID': String(lastEventId) },
  });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const messages: Message[] = [];
  const read = async (): Promise<void> => {
    let rest = '';
    for await (const chunk of response.body ?? []) {
      const blocks = (rest + Buffer.from(chunk as Uint8Array).toString()).split('\n\n');
      rest = blocks.pop() ?? '';
      messages.push(...blocks.flatMap(messageOf));
    }
  };
  return { messages, ended: read().catch(() => undefined) };
}

function messageOf(block: string): Message[] {
  const fields = new Map(
    block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]),
  );
  const data = fields.get('data');
  if (data === undefined) return [];
  return [
    {
      id: Number(fields.get('id')),
      event: fields.get('event') ?? 'message',
      data: JSON.parse(data) as Message['data'],
    },
  ];
}

const shortOf = ({ messages }: Following): string[] =>
  messages.map(({ id, event, data }) => `${id} ${event} ${data.state ?? ''}`.trim());

describe('GET /v1/fleet/events', () => {
  it('begins with the whole fleet, then sends every event as it happens', async () => {
    const { fleet, move } = newFleet();
    const { url } = await serve({ fleet });
    move('pending.requested');
    const client = await follow(`${url}/v1/fleet/events`);
    await vi.waitFor(() => expect(shortOf(client)).toEqual(['1 snapshot']));
    expect(client.messages[0]?.data).toMatchObject({
      seq: 1,
      instances: [{ id: 'worker-1', state: 'pending.requested' }],
    });
    move('running.idle');
    move('running.busy');
    await vi.waitFor(() =>
      expect(shortOf(client)).toEqual([
        '1 snapshot',
        '2 message running.idle',
        '3 message running.busy',
      ]),
    );
  });

  it('gives a client that comes back what it missed, and nothing twice', async () => {
    const { fleet, move } = newFleet();
    const { url } = await serve({ fleet });
    for (let count = 1; count <= 50; count++) move(`running.${count}`);
    const client = await follow(`${url}/v1/fleet/events`, 47);
    await vi.waitFor(() => expect(client.messages.map(({ id }) => id)).toEqual([48, 49, 50]));
    move('stopped');
    await vi.waitFor(() => expect(client.messages.map(({ id }) => id)).toEqual([48, 49, 50, 51]));
  });

  it('takes the number also from the query, as a page can give it', async () => {
    const { fleet, move } = newFleet();
    const { url } = await serve({ fleet });
    for (let count = 1; count <= 5; count++) move(`running.${count}`);
    const client = await follow(`${url}/v1/fleet/events?after=3`);
    await vi.waitFor(() => expect(client.messages.map(({ id }) => id)).toEqual([4, 5]));
  });

  it('sends nothing to a client that missed nothing, until something happens', async () => {
    const { fleet, move } = newFleet();
    const { url } = await serve({ fleet });
    move('stopped');
    const client = await follow(`${url}/v1/fleet/events`, 1);
    move('pending');
    await vi.waitFor(() => expect(shortOf(client)).toEqual(['2 message pending']));
  });

  it('gives the whole fleet to a client that was away for too long or comes from elsewhere', async () => {
    const { fleet, move } = newFleet();
    const { url } = await serve({ fleet });
    for (let count = 1; count <= 10_000; count++) move('running');
    const late = await follow(`${url}/v1/fleet/events`, 5);
    const stranger = await follow(`${url}/v1/fleet/events`, 99_999);
    await vi.waitFor(() => {
      expect(shortOf(late)).toEqual(['10000 snapshot']);
      expect(shortOf(stranger)).toEqual(['10000 snapshot']);
    });
  });

  it('ends when the server stops', async () => {
    const { fleet } = newFleet();
    const stopping = new AbortController();
    const { url } = await serve({ fleet, stopping: stopping.signal });
    const client = await follow(`${url}/v1/fleet/events`);
    await vi.waitFor(() => expect(client.messages).toHaveLength(1));
    stopping.abort();
    await client.ended;
  });
});

describe('GET /v1/fleet/log', () => {
  it('tells the pages of the event log, what cannot be read, and what time it is', async () => {
    const { fleet } = newFleet();
    const { url } = await serve({ fleet });
    const response = await fetch(`${url}/v1/fleet/log`);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({
      now: 5000,
      pages: [{ seq: 0, at: 1000, messages: 0, active: 0 }],
      problems: ['events-000000000000.jsonl is of another version, or damaged'],
    });
  });

  it('gives each page', async () => {
    const { fleet } = newFleet();
    const { url } = await serve({ fleet });
    expect(await (await fetch(`${url}/v1/fleet/log/0`)).json()).toEqual(PAGE);
    for (const seq of ['7', 'first']) {
      const missing = await fetch(`${url}/v1/fleet/log/${seq}`, {
        headers: { accept: 'application/json' },
      });
      expect(missing.status).toBe(404);
      expect(await missing.json()).toMatchObject({ error: { code: 'not_found' } });
    }
  });
});
