import { Writable } from 'node:stream';

import { expect, it, vi } from 'vitest';

import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import { EventBus } from '../../src/bus/event-bus.ts';
import { EMPTY_FLEET } from '../../src/bus/fleet-view.ts';
import { RecentEvents } from '../../src/bus/recent-events.ts';
import { EventStream } from '../../src/http/event-stream.ts';

it('holds nothing back for a client that does not read, and gives it the whole fleet later', async () => {
  const clock = new SteppedClock(0);
  const bus = new EventBus({ clock, lastSeq: 0, onListenerError: () => undefined });
  const recent = new RecentEvents(bus, EMPTY_FLEET);
  const stream = new EventStream({ recent, lastEventId: '' });
  const texts: string[] = [];
  let goOn: (() => void) | undefined;
  const client = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _encoding, done) {
      texts.push(chunk.toString());
      goOn = done;
    },
  });
  stream.pipe(client);
  for (let seq = 1; seq <= 20_000; seq++) bus.publish({ type: 'worker.ready', instance: 'a' });
  expect(stream.readableLength).toBeLessThan(100_000);

  await vi.waitFor(() => {
    goOn?.();
    expect(texts.at(-1)).toContain('event: snapshot\nid: 20000\n');
  });
  expect(texts.join('').length).toBeLessThan(200_000);
  stream.destroy();
});
