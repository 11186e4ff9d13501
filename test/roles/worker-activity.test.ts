import { beforeEach, describe, expect, it } from 'vitest';

import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import { decodeWorkerEvent, WORKER_HEARTBEAT_MS } from '../../src/bus/events.ts';
import { WorkerActivity } from '../../src/roles/worker-activity.ts';

let clock: SteppedClock;
let sent: string[];
let failures: unknown[];
let isQueueDown: boolean;
let activity: WorkerActivity;

/** A report in short: `12.100 busy a 3`. */
function inShort(body: string): string {
  const event = decodeWorkerEvent(JSON.parse(body));
  const photo = event.type === 'worker.busy' ? [event.photo] : [];
  const done = 'done' in event ? [event.done] : [];
  return [event.at / 1000, event.type.slice('worker.'.length), ...photo, ...done].join(' ');
}

beforeEach(() => {
  clock = new SteppedClock(0);
  sent = [];
  failures = [];
  isQueueDown = false;
  activity = new WorkerActivity({
    clock,
    instance: 'worker-1',
    events: {
      async send(body) {
        if (isQueueDown) throw new Error('the queue is down');
        sent.push(inShort(body));
      },
    },
    onFailure: (error) => failures.push(error),
  });
});

const busy = (slot: number, requestId: string): void =>
  activity.note(slot, { type: 'busy', requestId });
const idle = (slot: number): void => activity.note(slot, { type: 'idle' });

async function readyAndQuiet(): Promise<void> {
  activity.ready();
  await clock.advance(10_000);
  sent = [];
}

describe('what a worker tells of itself', () => {
  it('says nothing before it is ready, then what it has in hand already', async () => {
    busy(0, 'a');
    await clock.advance(500);
    expect(sent).toEqual([]);
    activity.ready();
    await clock.advance(0);
    expect(sent).toEqual(['0.5 ready', '0.5 busy a 0']);
  });

  it('is busy at once from the first photo in hand, and idle soon after the last', async () => {
    await readyAndQuiet();
    busy(0, 'a');
    busy(1, 'b');
    await clock.advance(200);
    idle(1);
    await clock.advance(300);
    idle(0);
    await clock.advance(5000);
    expect(sent).toEqual(['10 busy a 0', '10.6 idle 2']);
  });

  it('makes one report a second of many photos', async () => {
    await readyAndQuiet();
    for (let photo = 0; photo < 40; photo++) {
      busy(0, `${photo}`);
      await clock.advance(60);
      idle(0);
    }
    await clock.advance(5000);
    expect(sent).toEqual(['10 busy 0 0', '11 busy 16 16', '12 busy 33 33', '12.5 idle 40']);
  });

  it('names the photo that it has had in hand for longest', async () => {
    await readyAndQuiet();
    busy(0, 'a');
    busy(1, 'b');
    await clock.advance(2000);
    idle(0);
    busy(0, 'c');
    await clock.advance(2000);
    expect(sent).toEqual(['10 busy a 0', '12 busy b 1']);
  });

  it('does not count a photo that failed', async () => {
    await readyAndQuiet();
    busy(0, 'a');
    activity.note(0, { type: 'failed', step: 'decode', error: 'x', receiveCount: 1 });
    idle(0);
    busy(0, 'b');
    idle(0);
    await clock.advance(2000);
    expect(sent.at(-1)).toMatch(/idle 1$/);
  });

  it('repeats itself when it has nothing new to say, so that silence means something', async () => {
    await readyAndQuiet();
    busy(0, 'a');
    await clock.advance(2 * WORKER_HEARTBEAT_MS);
    expect(sent).toEqual(['10 busy a 0', '70 busy a 0', '130 busy a 0']);
  });

  it('says at once that it drains, once for all slots, and nothing after that', async () => {
    await readyAndQuiet();
    busy(0, 'a');
    await clock.advance(0);
    activity.note(0, { type: 'draining' });
    activity.note(1, { type: 'draining' });
    idle(0);
    await clock.advance(10 * WORKER_HEARTBEAT_MS);
    expect(sent).toEqual(['10 busy a 0', '10 draining']);
  });

  it('goes on after a report that could not be sent', async () => {
    await readyAndQuiet();
    isQueueDown = true;
    busy(0, 'a');
    await clock.advance(500);
    isQueueDown = false;
    idle(0);
    await clock.advance(1000);
    expect(failures).toHaveLength(1);
    expect(sent).toEqual(['10.6 idle 1']);
  });

  it('has told of every photo when it is closed', async () => {
    await readyAndQuiet();
    busy(0, 'a');
    activity.note(0, { type: 'draining' });
    idle(0);
    await activity.close();
    expect(sent).toEqual(['10 busy a 0', '10 draining', '10 idle 1']);
  });

  it('adds nothing to its draining when it has finished nothing since', async () => {
    await readyAndQuiet();
    activity.note(0, { type: 'draining' });
    await activity.close();
    expect(sent).toEqual(['10 draining']);
  });
});
