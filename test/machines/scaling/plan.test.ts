import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { literal } from '../../../src/machines/scaling/literal.ts';
import { onePerMessage } from '../../../src/machines/scaling/one-per-message.ts';
import { plan } from '../../../src/machines/scaling/plan.ts';
import { policies } from '../../../src/machines/scaling/policies.ts';
import type { Policy } from '../../../src/machines/scaling/policy.ts';
import type { FleetSnapshot } from '../../../src/machines/scaling/snapshot.ts';
import { fleetOf, instances, type Situation } from './fleets.ts';

const stopsOf = (
  counts: Partial<Record<Situation, number>>,
  demand?: Partial<FleetSnapshot['demand']>,
): readonly string[] => plan(onePerMessage, fleetOf(counts, demand)).stop;

describe('one per message, in the worked examples', () => {
  it('starts 8 for 14 messages and 6 active instances', () => {
    const decision = plan(onePerMessage, fleetOf({ busy: 6, stopped: 13 }, { visible: 14 }));
    expect(decision.start).toHaveLength(8);
    expect(decision.stop).toEqual([]);
    expect(decision.reason).toBe('14 messages, 6 active: start 8 of 13 stopped');
  });

  it('starts 2 for 48 messages and 17 active instances, because the cap is 19', () => {
    const decision = plan(
      onePerMessage,
      fleetOf({ busy: 17, stopped: 10 }, { visible: 31, inFlight: 17 }),
    );
    expect(decision.start).toHaveLength(2);
    expect(decision.reason).toBe('48 messages, 17 active: start 2 of 10 stopped, the cap is 19');
  });

  it('stops 12 for 4 messages and 16 active instances', () => {
    const decision = plan(
      onePerMessage,
      fleetOf({ busy: 4, idle: 12, stopped: 3 }, { inFlight: 4 }),
    );
    expect(decision.start).toEqual([]);
    expect(decision.stop).toHaveLength(12);
    expect(decision.reason).toBe('4 messages, 16 active: stop 12');
  });
});

describe('one per message', () => {
  it('counts an instance that is pending as started already', () => {
    const decision = plan(onePerMessage, fleetOf({ pending: 5, stopped: 14 }, { visible: 5 }));
    expect(decision).toMatchObject({
      start: [],
      stop: [],
      reason: '5 messages, 5 active: nothing to do',
    });
  });

  it('starts what the pool has when it has too few', () => {
    const decision = plan(onePerMessage, fleetOf({ stopped: 3 }, { visible: 10 }));
    expect(decision.start).toHaveLength(3);
  });

  it('says so when the pool is empty', () => {
    expect(plan(onePerMessage, fleetOf({}, { visible: 1 })).reason).toBe(
      '1 message, 0 active: none to start, none is stopped',
    );
  });

  it('says so when the cap is reached', () => {
    const decision = plan(
      onePerMessage,
      fleetOf({ busy: 2, stopped: 5 }, { visible: 9 }, { max: 2 }),
    );
    expect(decision).toMatchObject({
      start: [],
      reason: '9 messages, 2 active: none to start, the cap is 2',
    });
  });

  it('keeps the minimum active without any message', () => {
    const decision = plan(onePerMessage, fleetOf({ idle: 1, stopped: 4 }, {}, { min: 3 }));
    expect(decision.start).toHaveLength(2);
    expect(plan(onePerMessage, fleetOf({ idle: 3 }, {}, { min: 3 })).stop).toEqual([]);
  });

  it('looks elsewhere when a start is stuck, yet holds the cap against it', () => {
    expect(
      plan(onePerMessage, fleetOf({ stuckPending: 1, stopped: 1 }, { visible: 1 })).start,
    ).toEqual(['stopped-0']);
    expect(
      plan(onePerMessage, fleetOf({ stuckPending: 1, stopped: 1 }, { visible: 1 }, { max: 1 }))
        .start,
    ).toEqual([]);
  });
});

describe('literal', () => {
  it('does not count what is pending, and is held at the cap all the same', () => {
    const fleet = fleetOf({ busy: 1, pending: 6, stopped: 9 }, { visible: 12 }, { max: 10 });
    expect(plan(onePerMessage, fleet).start).toHaveLength(3);
    const decision = plan(literal, fleet);
    expect(decision.start).toHaveLength(3);
    expect(decision.reason).toBe(
      '12 messages, 1 running, 6 pending not counted: start 3 of 9 stopped, the cap is 10',
    );
  });

  it('starts more than there are messages while the first ones boot', () => {
    const fleet = fleetOf({ pending: 3, stopped: 5 }, { visible: 3 });
    expect(plan(literal, fleet).start).toHaveLength(3);
  });
});

describe('which instances to stop', () => {
  it('the idle first, the shortest-running of them first of all', () => {
    expect(stopsOf({ starting: 2, idle: 3 }, { inFlight: 3 })).toEqual(['idle-2', 'idle-1']);
    expect(stopsOf({ starting: 2, idle: 1 }, { inFlight: 1 })).toEqual(['idle-0', 'starting-1']);
  });

  it('never a busy one, however few messages are counted', () => {
    const decision = plan(onePerMessage, fleetOf({ busy: 3, idle: 1 }));
    expect(decision.stop).toEqual(['idle-0']);
    expect(decision.reason).toBe('0 messages, 4 active: stop 1, and 3 once idle');
  });

  it('busy ones last when the cap was lowered below what runs', () => {
    const decision = plan(
      onePerMessage,
      fleetOf({ busy: 4, idle: 1 }, { inFlight: 4 }, { max: 2 }),
    );
    expect(decision.stop).toEqual(['idle-0', 'busy-3', 'busy-2']);
    expect(decision.reason).toBe('4 messages, 5 active: stop 1; stop 2 more, the cap is 2');
  });

  it('nothing that is settling already', () => {
    expect(stopsOf({ pending: 3, stopping: 2, draining: 1 })).toEqual([]);
  });
});

describe('an instance whose worker fell silent', () => {
  it('is replaced, at the cap by stopping it first', () => {
    const decision = plan(
      onePerMessage,
      fleetOf({ silent: 1, stopped: 1 }, { visible: 1 }, { max: 1 }),
    );
    expect(decision.stop).toEqual(['silent-0']);
    expect(decision.start).toEqual([]);
    expect(decision.reason).toContain('replace silent-0, whose worker is silent');
  });

  it('is replaced one at a time while its kind may be needed', () => {
    expect(stopsOf({ silent: 5 }, { visible: 9 })).toEqual(['silent-0']);
    expect(stopsOf({ silent: 5, stopping: 1 }, { visible: 9 })).toEqual([]);
    expect(stopsOf({ silent: 5, pending: 1 }, { visible: 9 })).toEqual([]);
    expect(stopsOf({ silent: 5, stuckPending: 1 }, { visible: 9 })).toEqual(['silent-0']);
  });

  it('goes with all others of its kind when nobody needs it', () => {
    expect(plan(onePerMessage, fleetOf({ silent: 5 })).stop).toHaveLength(5);
  });
});

it('starts those first that failed least', () => {
  const fleet = fleetOf({ stopped: 3 }, { visible: 2 });
  const [first, ...others] = fleet.instances;
  expect(first?.id).toBe('stopped-0');
  const failed = [{ ...first, failures: 1 }, ...others] as typeof fleet.instances;
  expect(plan(onePerMessage, { ...fleet, instances: failed }).start).toEqual([
    'stopped-1',
    'stopped-2',
  ]);
});

describe('any plan', () => {
  const situations = Object.keys(instances) as Situation[];
  const anyFleet = fc
    .record({
      counts: fc.dictionary(fc.constantFrom(...situations), fc.nat(6)),
      visible: fc.nat(30),
      inFlight: fc.nat(30),
      min: fc.nat(5),
      max: fc.nat(25),
    })
    .map(({ counts, visible, inFlight, min, max }) =>
      fleetOf(counts, { visible, inFlight }, { min: Math.min(min, max), max }),
    );
  const anyPolicy: fc.Arbitrary<Policy> = fc.oneof(
    fc.constantFrom(...Object.values(policies)),
    fc.record({ start: fc.nat(40), stop: fc.nat(40) }).map((advice) => () => ({
      ...advice,
      because: 'somebody says so',
    })),
  );

  it('never brings more instances to life than the cap allows, whatever the policy', () => {
    fc.assert(
      fc.property(anyFleet, anyPolicy, (fleet, policy) => {
        const counted = fleet.instances.filter((instance) => instance.counted).length;
        const { start } = plan(policy, fleet);
        expect(start.length === 0 || counted + start.length <= fleet.limits.max).toBe(true);
      }),
    );
  });

  it('touches only what may be touched, and each at most once', () => {
    fc.assert(
      fc.property(anyFleet, anyPolicy, (fleet, policy) => {
        const byId = new Map(fleet.instances.map((instance) => [instance.id, instance]));
        const { start, stop } = plan(policy, fleet);
        expect(start.every((id) => byId.get(id)?.startable)).toBe(true);
        expect(stop.every((id) => byId.get(id)?.stoppable)).toBe(true);
        expect(new Set([...start, ...stop]).size).toBe(start.length + stop.length);
      }),
    );
  });

  it('lets a busy instance go only for the cap, and only when nobody else is left', () => {
    fc.assert(
      fc.property(anyFleet, anyPolicy, (fleet, policy) => {
        const { stop } = plan(policy, fleet);
        const busy = stop.filter((id) => id.startsWith('busy'));
        const counted = fleet.instances.filter((instance) => instance.counted).length;
        const others = fleet.instances.filter(
          ({ worker, stoppable }) => stoppable && worker !== 'busy',
        ).length;
        const surplus = Math.max(0, counted - others - fleet.limits.max);
        expect(busy.length).toBeLessThanOrEqual(surplus);
      }),
    );
  });

  it('of one-per-message leads to a fleet that it leaves alone', () => {
    fc.assert(
      fc.property(fc.nat(12), fc.nat(12), fc.nat(30), fc.nat(19), (idle, stopped, visible, max) => {
        const first = plan(onePerMessage, fleetOf({ idle, stopped }, { visible }, { max }));
        const after = fleetOf(
          {
            idle: idle - first.stop.length,
            pending: first.start.length,
            stopping: first.stop.length,
            stopped: stopped - first.start.length,
          },
          { visible },
          { max },
        );
        expect(plan(onePerMessage, after)).toMatchObject({ start: [], stop: [] });
      }),
    );
  });
});
