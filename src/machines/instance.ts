import { type ActorRefFrom, and, type SnapshotFrom } from 'xstate';

import { beginning } from './instance-beginning.ts';
import { instanceSetup } from './instance-setup.ts';

/**
 * One instance of the fleet, as its controller believes it to be. What is observed wins over what is
 * believed, unless it is only late; a command is believed at once, so that it is not given twice; and
 * whatever the instance is on its way to has a deadline.
 */
export const instanceMachine = instanceSetup.createMachine({
  id: 'instance',
  context: ({ input: { id, at, reading, remembered, timing } }) => ({
    ...beginning(reading, remembered, at),
    id,
    timing,
    at,
    failures: 0,
    retryAt: 0,
    heardAt: 0,
    photo: undefined,
  }),
  initial: 'appearing',
  on: {
    OBSERVED: [
      { guard: 'readsPending', actions: 'noteLaunch', target: '.pending' },
      { guard: 'readsRunning', actions: 'noteLaunch', target: '.running' },
      { guard: 'readsStopping', actions: 'noteLaunch', target: '.stopping' },
      { guard: 'readsStopped', actions: 'noteLaunch', target: '.stopped' },
      { guard: 'readsShuttingDown', target: '.shutting-down' },
      { guard: 'readsTerminated', target: '.terminated' },
    ],
  },
  states: {
    appearing: {
      always: [
        { guard: { type: 'begins', params: { state: 'stopped' } }, target: 'stopped' },
        {
          guard: { type: 'begins', params: { state: 'pending.requested' } },
          target: 'pending.requested',
        },
        { guard: { type: 'begins', params: { state: 'pending' } }, target: 'pending' },
        { guard: { type: 'begins', params: { state: 'running' } }, target: 'running' },
        {
          guard: { type: 'begins', params: { state: 'stopping.requested' } },
          target: 'stopping.requested',
        },
        { guard: { type: 'begins', params: { state: 'stopping' } }, target: 'stopping' },
        { guard: { type: 'begins', params: { state: 'shutting-down' } }, target: 'shutting-down' },
        { guard: { type: 'begins', params: { state: 'terminated' } }, target: 'terminated' },
      ],
    },

    stopped: {
      tags: 'startable',
      entry: 'enter',
      on: {
        START: { guard: 'mayStart', actions: 'relaunch', target: 'pending.requested' },
        OBSERVED: [
          { guard: { type: 'isLate', params: { believed: 'stopped' } } },
          { guard: and(['readsStopped', 'isSameLaunch']), actions: 'noteLaunch' },
        ],
      },
    },

    pending: {
      tags: ['active', 'counted', 'settling'],
      entry: 'enter',
      after: { stuck: '.stuck' },
      on: {
        'worker.ready': { guard: 'isNews', actions: 'hear', target: 'running.idle' },
        'worker.idle': { guard: 'isNews', actions: 'hear', target: 'running.idle' },
        'worker.busy': { guard: 'isNews', actions: 'hear', target: 'running.busy' },
        'worker.exited': { guard: 'isNews', actions: ['fail', 'rest'], target: 'stopped' },
        OBSERVED: [
          { guard: { type: 'isLate', params: { believed: 'pending' } } },
          { guard: and(['readsPending', 'isSameLaunch']), actions: 'noteLaunch' },
          {
            guard: 'readsStopped',
            actions: ['noteLaunch', 'fail', 'rest'],
            target: 'stopped',
          },
        ],
      },
      initial: 'underway',
      states: {
        /** The start went out; a reading that does not show it is late. */
        requested: {
          after: { settle: 'overdue' },
          on: {
            // It took only now: readings may be late for as long from here.
            ACCEPTED: { target: 'requested', reenter: true },
            REFUSED: [
              { guard: 'isMisbelieved', target: 'overdue' },
              { guard: 'isThrottled', target: '#instance.stopped' },
              { actions: ['fail', 'rest'], target: '#instance.stopped' },
            ],
            OBSERVED: [
              { guard: { type: 'isLate', params: { believed: 'pending' } } },
              { guard: 'isBeforeStart' },
              { guard: 'readsPending', actions: 'noteLaunch', target: 'underway' },
            ],
          },
        },
        /** Nothing was heard for too long: the next reading decides. */
        overdue: {
          tags: 'asking',
          entry: 'trustAny',
          on: { OBSERVED: { guard: 'readsPending', actions: 'noteLaunch', target: 'underway' } },
        },
        underway: {},
        /** Nobody counts on it any more; whatever is read next is believed. */
        stuck: { tags: 'stuck', entry: 'trustAny' },
      },
    },

    running: {
      tags: ['active', 'counted'],
      entry: 'enter',
      exit: 'forgetPhoto',
      on: {
        STOP: { guard: 'mayStop', target: 'stopping.requested' },
        'worker.ready': { guard: 'isNews', actions: 'hear', target: '.idle' },
        'worker.idle': { guard: 'isNews', actions: 'hear', target: '.idle' },
        'worker.busy': [
          // A photo that is in hand for too long does not get younger by being told again.
          { guard: 'isSamePhoto' },
          { guard: 'isNews', actions: 'hear', target: '.busy' },
        ],
        'worker.draining': { guard: 'isNews', actions: 'hear', target: '.draining' },
        'worker.exited': { guard: 'isNews', actions: ['fail', 'rest'], target: 'stopped' },
        OBSERVED: [
          { guard: { type: 'isLate', params: { believed: 'running' } } },
          { guard: and(['readsRunning', 'isSameLaunch']), actions: 'noteLaunch' },
        ],
      },
      initial: 'starting',
      states: {
        /** The instance is up; its worker has not said a word yet. */
        starting: { tags: 'stoppable', after: { boot: 'silent' } },
        idle: { tags: 'stoppable', after: { silent: 'silent' } },
        busy: {
          tags: 'stoppable',
          after: { photo: 'silent' },
          on: {
            'worker.idle': { guard: 'isNews', actions: ['hear', 'forgive'], target: 'idle' },
          },
        },
        /** The worker is on its way out by itself, and with it perhaps the instance. */
        draining: {
          after: { photo: 'silent' },
          on: {
            STOP: {},
            'worker.busy': {},
            'worker.idle': {},
            'worker.exited': { guard: 'isNews', target: '#instance.stopped' },
          },
        },
        /** Nothing was heard of the worker, or of its photo, for too long: it needs a successor. */
        silent: { tags: 'stoppable', entry: 'fail' },
      },
    },

    stopping: {
      tags: 'settling',
      entry: 'enter',
      after: { stuck: '.stuck' },
      on: {
        'worker.exited': 'stopped',
        OBSERVED: [
          { guard: { type: 'isLate', params: { believed: 'stopping' } } },
          { guard: and(['readsStopping', 'isSameLaunch']), actions: 'noteLaunch' },
        ],
      },
      initial: 'underway',
      states: {
        /** The stop went out; a reading that does not show it is late. */
        requested: {
          tags: 'counted',
          after: { settle: 'overdue' },
          on: {
            ACCEPTED: 'underway',
            REFUSED: [
              { guard: 'isMisbelieved', target: 'overdue' },
              { guard: 'isThrottled', target: '#instance.running' },
              { actions: ['fail', 'rest'], target: '#instance.running' },
            ],
            'worker.draining': 'underway',
            OBSERVED: [
              { guard: { type: 'isLate', params: { believed: 'stopping' } } },
              { guard: 'readsStopping', actions: 'noteLaunch', target: 'underway' },
            ],
          },
        },
        /** Nothing was heard for too long: the next reading decides. */
        overdue: {
          tags: ['asking', 'counted'],
          entry: 'trustAny',
          on: { OBSERVED: { guard: 'readsStopping', actions: 'noteLaunch', target: 'underway' } },
        },
        underway: {},
        /** Nobody counts on it any more; whatever is read next is believed. */
        stuck: { tags: 'stuck', entry: 'trustAny' },
      },
    },

    'shutting-down': {
      tags: 'settling',
      entry: 'enter',
      after: { stuck: '.stuck' },
      on: {
        OBSERVED: [
          { guard: { type: 'isLate', params: { believed: 'shutting-down' } } },
          { guard: 'readsShuttingDown' },
        ],
      },
      initial: 'underway',
      states: { underway: {}, stuck: { tags: 'stuck' } },
    },

    terminated: { type: 'final' },
  },
});

export type InstanceRef = ActorRefFrom<typeof instanceMachine>;
export type InstanceSnapshot = SnapshotFrom<typeof instanceMachine>;
