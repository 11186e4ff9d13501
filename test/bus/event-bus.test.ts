import { describe, expect, it } from 'vitest';

import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import { EventBus } from '../../src/bus/event-bus.ts';

const ready = (instance: string) => ({ type: 'worker.ready', instance }) as const;

function makeBus(lastSeq = 0) {
  const errors: unknown[] = [];
  const bus = new EventBus({
    clock: new SteppedClock(5000),
    lastSeq,
    onListenerError: (error) => errors.push(error),
  });
  const heard = (): string[] => {
    const instances: string[] = [];
    bus.subscribe((event) => instances.push('instance' in event ? event.instance : event.type));
    return instances;
  };
  return { bus, heard, errors };
}

describe('the event bus', () => {
  it('numbers and dates what is published, and leaves a time that is told', () => {
    const { bus } = makeBus(41);
    const events: unknown[] = [];
    bus.subscribe((event) => events.push(event));
    bus.publish(ready('a'));
    bus.publish({ ...ready('b'), at: 4000 });
    expect(events).toEqual([
      { v: 1, seq: 42, at: 5000, type: 'worker.ready', instance: 'a' },
      { v: 1, seq: 43, at: 4000, type: 'worker.ready', instance: 'b' },
    ]);
    expect(bus.lastSeq).toBe(43);
  });

  it('lets everybody hear in the same order, also what a listener publishes in turn', () => {
    const { bus, heard } = makeBus();
    const before = heard();
    bus.subscribe((event) => {
      if ('instance' in event && event.instance.length < 3)
        bus.publish(ready(`${event.instance}!`));
    });
    const after = heard();
    bus.publish(ready('a'));
    bus.publish(ready('b'));
    expect(before).toEqual(['a', 'a!', 'a!!', 'b', 'b!', 'b!!']);
    expect(after).toEqual(before);
  });

  it('has delivered everything when publishing returns', () => {
    const { bus, heard } = makeBus();
    let last: string | undefined;
    bus.subscribe((event) => {
      if (!('instance' in event) || event.instance !== 'a') return;
      bus.publish(ready('b'));
      last = log.at(-1);
    });
    const log = heard();
    bus.publish(ready('a'));
    expect(last).toBe('b');
  });

  it('goes on when a listener throws', () => {
    const { bus, heard, errors } = makeBus();
    bus.subscribe(() => {
      throw new Error('out of order');
    });
    const others = heard();
    bus.publish(ready('a'));
    expect(others).toEqual(['a']);
    expect(errors).toEqual([new Error('out of order')]);
  });

  it('tells nobody who has unsubscribed', () => {
    const { bus } = makeBus();
    let count = 0;
    const unsubscribe = bus.subscribe(() => {
      count++;
    });
    bus.publish(ready('a'));
    unsubscribe();
    bus.publish(ready('b'));
    expect(count).toBe(1);
  });
});
