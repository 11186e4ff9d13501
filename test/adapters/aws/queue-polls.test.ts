import { describe, expect, it } from 'vitest';

import { Polls } from '../../../src/adapters/aws/queue-polls.ts';
import { SteppedClock } from '../../../src/adapters/memory/clock.ts';
import type { Message } from '../../../src/bus/queue.ts';

/** One poll that is out; `answer` ends it. */
interface Poll {
  readonly max: number;
  readonly waitSeconds: number;
  readonly answer: (bodies: string[]) => void;
}

function pollsOnSteppedClock() {
  const clock = new SteppedClock(0);
  const out: Poll[] = [];
  const released: string[] = [];
  const polls = new Polls({
    clock,
    poll: (max, waitSeconds) =>
      new Promise((resolve) => {
        out.push({ max, waitSeconds, answer: (bodies) => resolve(bodies.map(message)) });
      }),
    release: async (messages) => {
      released.push(...messages.map(({ body }) => body));
    },
  });
  const receive = async (signal?: AbortSignal): Promise<string[]> => {
    const options = { max: 1, waitSeconds: 5, visibilitySeconds: 30, ...(signal && { signal }) };
    return (await polls.receive(options)).map(({ body }) => body);
  };
  return { clock, out, released, receive };
}

const message = (body: string): Message => ({
  id: body,
  body,
  attributes: {},
  receiptHandle: body,
  receiveCount: 1,
  sentAt: 0,
});

describe('the polls of one process', () => {
  it('ask once for all who wait', async () => {
    const { clock, out, receive } = pollsOnSteppedClock();
    const received = [receive(), receive(), receive()];
    await clock.advance(1);
    expect(out).toMatchObject([{ max: 3, waitSeconds: 5 }]);
    out[0]?.answer(['a', 'b', 'c']);
    expect(await Promise.all(received)).toEqual([['a'], ['b'], ['c']]);
  });

  it('never ask for more than ten, and let the others wait for the next poll', async () => {
    const { clock, out, receive } = pollsOnSteppedClock();
    const received = Array.from({ length: 12 }, () => receive());
    await clock.advance(1);
    out[0]?.answer(Array.from({ length: 10 }, (_, i) => `first ${i}`));
    await clock.advance(1);
    expect(out.map(({ max }) => max)).toEqual([10, 2]);
    out[1]?.answer(['second 0', 'second 1']);
    expect((await Promise.all(received)).flat()).toHaveLength(12);
  });

  it('go on for those who got nothing, as long as they want to wait', async () => {
    const { clock, out, receive } = pollsOnSteppedClock();
    const received = [receive(), receive()];
    await clock.advance(2000);
    out[0]?.answer(['a']);
    await clock.advance(1);
    expect(out[1]).toMatchObject({ max: 1, waitSeconds: 3 });
    await clock.advance(3000);
    out[1]?.answer([]);
    expect(await Promise.all(received)).toEqual([['a'], []]);
  });

  it('give back what an aborted receive would have got, before it ends', async () => {
    const { clock, out, released, receive } = pollsOnSteppedClock();
    const abort = new AbortController();
    let hasEnded = false;
    const received = receive(abort.signal).then((bodies) => {
      hasEnded = true;
      return bodies;
    });
    await clock.advance(1);
    abort.abort();
    await clock.advance(1000);
    expect(hasEnded).toBe(false);
    out[0]?.answer(['a']);
    expect(await received).toEqual([]);
    expect(released).toEqual(['a']);
  });

  it('hand what an aborted receive would have got to who came after it', async () => {
    const { clock, out, released, receive } = pollsOnSteppedClock();
    const abort = new AbortController();
    const aborted = receive(abort.signal);
    await clock.advance(1);
    const later = receive();
    abort.abort();
    out[0]?.answer(['a']);
    expect([await aborted, await later]).toEqual([[], ['a']]);
    expect(released).toEqual([]);
  });

  it('end a receive at once that is aborted while no poll is out for it', async () => {
    const { clock, out, receive } = pollsOnSteppedClock();
    const first = receive();
    await clock.advance(1);
    const abort = new AbortController();
    const second = receive(abort.signal);
    abort.abort();
    expect(await second).toEqual([]);
    out[0]?.answer([]);
    await clock.advance(5000);
    out[1]?.answer([]);
    expect(await first).toEqual([]);
  });
});
