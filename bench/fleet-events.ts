import type { PublishedEvent } from '../src/bus/event-bus.ts';

const IDLE = 'running.idle';
const BUSY = 'running.busy';

/**
 * The events of a fleet of so many instances that work without end: each starts once, and then takes
 * and finishes photos; every hundredth event is a decision, and every thousandth tells the traffic.
 */
export function* fleetEvents(instances: number): Generator<PublishedEvent> {
  const ids = Array.from({ length: instances }, (_, index) => `i-${index}`);
  for (const instance of ids) yield moved(instance, IDLE, 'worker.ready');
  for (let round = 1; ; round++) {
    for (const [index, instance] of ids.entries()) {
      yield { type: 'worker.busy', instance, photo: `${round}-${index}`, done: round - 1 };
      yield moved(instance, BUSY, 'worker.busy');
      yield { type: 'worker.idle', instance, done: round };
      yield moved(instance, IDLE, 'worker.idle');
      if (index % 250 === 0) yield counted(index);
      if (index % 25 === 0) yield decided(instances, (round * 7 + index) % (2 * instances));
    }
  }
}

const moved = (instance: string, state: string, cause: string): PublishedEvent => ({
  type: 'instance.transition',
  instance,
  state,
  cause,
  since: 0,
});

const counted = (count: number): PublishedEvent => ({
  type: 'web.traffic',
  since: 0,
  arrived: count,
  answered: count,
  p50Ms: 40,
  p95Ms: 80 + count,
});

const decided = (running: number, visible: number): PublishedEvent => ({
  type: 'controller.decision',
  policy: 'one-per-message',
  inputs: {
    visible,
    inFlight: 0,
    running,
    pending: 0,
    stopped: 0,
    room: 0,
    min: 0,
    max: running,
  },
  start: [],
  stop: [],
  reason: `${visible} messages, ${running} active: nothing to do`,
});
