import '../counted.ts';
import { describe, expect, it } from 'vitest';
import type { AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { createActor } from 'xstate';
import { getStateNodes, TestModel } from 'xstate/graph';

import { SteppedClock } from '../../src/adapters/memory/clock.ts';
import type { Remembered } from '../../src/machines/instance-beginning.ts';
import type { Reading } from '../../src/machines/instance-launch.ts';
import type { InstanceEvent, InstanceInput } from '../../src/machines/instance-setup.ts';
import { INSTANCE_TIMING } from '../../src/machines/instance-timing.ts';
import { instanceMachine, type InstanceSnapshot } from '../../src/machines/instance.ts';
import { statePath } from '../../src/machines/transitions.ts';
import { isAtRest, ruled, ruledDeadline } from './instance-rules.ts';

const STATES = [
  'pending',
  'running',
  'stopping',
  'stopped',
  'shutting-down',
  'terminated',
] as const;

type Snapshot = InstanceSnapshot;
/** What XState raises when an `after` of the instance is due. */
type Deadline = { type: `xstate.after.${string}` };

/** The time of the next event: not before anything that the instance was told. */
const nowOf = ({ context }: Snapshot): number => Math.max(context.at, context.heardAt);

/** Every event that may come, in every relation to what the instance knows. */
function eventsOf(snapshot: Snapshot): InstanceEvent[] {
  if (snapshot.status === 'done') return [];
  const { launches, retryAt, heardAt } = snapshot.context;
  const at = nowOf(snapshot);
  const known = launches.launchedAt ?? launches.lastLaunch ?? 1000;
  const word = { instance: 'i-1', at };
  return [
    ...[at, Math.max(at, retryAt)].flatMap((time) => [
      { type: 'START' as const, at: time },
      { type: 'STOP' as const, at: time },
    ]),
    { type: 'ACCEPTED', at },
    ...['IncorrectInstanceState', 'RequestLimitExceeded', 'InsufficientInstanceCapacity'].map(
      (code) => ({ type: 'REFUSED' as const, at, code }),
    ),
    ...STATES.flatMap((state) => [
      { type: 'OBSERVED' as const, at, state },
      ...[known - 1, known, known + 1].map((launchedAt) => ({
        type: 'OBSERVED' as const,
        at,
        state,
        launchedAt,
      })),
    ]),
    ...[word, { ...word, at: heardAt - 1 }].flatMap((said) => [
      { type: 'worker.ready' as const, ...said },
      { type: 'worker.idle' as const, ...said, done: 0 },
      { type: 'worker.busy' as const, ...said, photo: 'a', done: 0 },
      { type: 'worker.busy' as const, ...said, photo: 'b', done: 0 },
      { type: 'worker.draining' as const, ...said },
      { type: 'worker.exited' as const, ...said },
    ]),
  ];
}

/**
 * The deadline that is due first in a state, if it has any: the one of its innermost node. What is
 * stuck has had it.
 */
function deadlineOf({ _nodes, tags }: Snapshot): Deadline | undefined {
  if (tags.has('stuck')) return undefined;
  const deadlines = _nodes.toReversed().flatMap(({ after }: AnyStateNode) => after);
  return deadlines[0] && { type: deadlines[0].eventType as Deadline['type'] };
}

/** What tells two situations apart, times aside. */
function situationOf(snapshot: Snapshot): string {
  const { launches, retryAt, heardAt, photo } = snapshot.context;
  return JSON.stringify([
    statePath(snapshot.value),
    launches.launchedAt !== undefined,
    launches.lastLaunch !== undefined,
    retryAt > nowOf(snapshot),
    heardAt > 0,
    photo,
  ]);
}

/** Every way to begin: found in any state, or remembered in any. */
const beginnings: readonly { reading: Reading; remembered?: Remembered }[] = [
  ...STATES.map((state) => ({ reading: { state, launchedAt: 1000 } })),
  { reading: { state: 'stopped' } },
  ...['pending.requested', 'stopping.requested'].map((state) => ({
    reading: { state: 'stopped' as const },
    remembered: { state, since: 0, lastLaunch: 1000 },
  })),
];

const inputOf = ({ reading, remembered }: (typeof beginnings)[number]): InstanceInput => ({
  id: 'i-1',
  at: 0,
  reading,
  remembered,
  timing: INSTANCE_TIMING,
});

/** The real thing: an actor on a clock, and the transitions that it took. */
function startActor(input: InstanceInput, taken: Set<AnyTransitionDefinition>) {
  const clock = new SteppedClock();
  const actor = createActor(instanceMachine, {
    input,
    clock,
    inspect: (inspected) => {
      if (inspected.type !== '@xstate.microstep') return;
      for (const transition of inspected._transitions) taken.add(transition);
    },
  }).start();
  return { clock, actor };
}

describe('the instance machine', () => {
  const nodes = getStateNodes(instanceMachine);
  const leaves = nodes.filter(({ type }) => type === 'atomic' || type === 'final');
  const definitions = [instanceMachine.root, ...nodes].flatMap((node) =>
    [...node.transitions.values()].flat().concat(node.always ?? []),
  );

  it('does in every situation, at every event, what its rules say', async ({ task }) => {
    const situations = new Set<string>();
    const reached = new Set<string>();
    const taken = new Set<AnyTransitionDefinition>();
    let steps = 0;
    let refused = 0;

    for (const begin of beginnings) {
      const input = inputOf(begin);
      startActor(input, taken).actor.stop();
      const model = new TestModel<Snapshot, InstanceEvent | Deadline, InstanceInput>(
        instanceMachine as never,
        {
          input,
          events: (snapshot) =>
            [...eventsOf(snapshot), deadlineOf(snapshot)].filter((event) => event !== undefined),
          serializeState: situationOf,
        },
      );

      for (const path of model.getShortestPaths({ allowDuplicatePaths: true })) {
        const situation = situationOf(path.state);
        if (situations.has(situation)) continue;
        situations.add(situation);
        reached.add(statePath(path.state.value));

        // The first step of a path is how it begins.
        const events = path.steps.slice(1).map(({ event }) => event);
        const here = statePath(path.state.value);
        const due = deadlineOf(path.state);
        expect([situation, due === undefined]).toEqual([situation, isAtRest(here)]);
        for (const event of [...eventsOf(path.state), ...(due ? [due] : [])]) {
          const { clock, actor } = startActor(input, taken);
          const send = async (next: InstanceEvent | Deadline): Promise<void> => {
            if ('at' in next) actor.send(next);
            else await clock.step();
          };
          for (const earlier of events) await send(earlier);
          expect(situationOf(actor.getSnapshot())).toBe(situation);

          const before = actor.getSnapshot();
          const known = { path: statePath(before.value), context: before.context };
          await send(event);
          const after = statePath(actor.getSnapshot().value);
          const expected = 'at' in event ? ruled(known, event) : ruledDeadline(known.path);
          expect([known.path, event, after]).toEqual([known.path, event, expected]);
          actor.stop();
          steps++;
          if (after === known.path) refused++;
        }
      }
    }

    expect([...reached].toSorted()).toEqual(
      leaves
        .map(({ path }) => path.join('.'))
        .filter((path) => path !== 'appearing')
        .toSorted(),
    );
    expect(
      definitions.filter((definition) => !taken.has(definition)).map(describeTransition),
    ).toEqual([]);
    task.meta.counted = `instance machine: ${reached.size} states and ${taken.size} transitions, all covered, by ${steps} events in ${situations.size} situations; ${refused} of them rightly changed nothing`;
  });

  it('has a deadline in every state that is on the way to another', () => {
    const restless = leaves
      .map((node) => ({ path: node.path.join('.'), node }))
      .filter(({ path }) => path !== 'appearing' && !isAtRest(path));
    for (const { path, node } of restless) {
      const ancestors = [node, ...(node.parent ? [node.parent] : [])];
      expect([path, ancestors.some(({ after }) => after.length > 0)]).toEqual([path, true]);
    }
  });
});

const describeTransition = ({ source, eventType, target }: AnyTransitionDefinition): string =>
  `${source.id} ${eventType} -> ${target?.map(({ id }) => id).join() ?? 'nowhere'}`;
