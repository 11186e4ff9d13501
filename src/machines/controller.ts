import type { ActorRefFrom } from 'xstate';

import { controllerSetup } from './controller-setup.ts';

const NO_ANSWER = 'The call was not answered in time.';

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/**
 * The supervisor of the fleet: one instance actor for every instance, and round by round it looks at
 * the queue and the fleet, tells the instances what it saw of them, decides by its policy, and acts.
 * Whatever goes wrong, it rests and looks again; what it saw last time it need not remember.
 *
 * The steps themselves are provided by `controllerSteps(ports)`.
 */
export const controllerMachine = controllerSetup.createMachine({
  id: 'controller',
  context: ({ input: { remembered, ...input } }) => ({
    ...input,
    remembered: Object.fromEntries(remembered.map((instance) => [instance.id, instance])),
    instances: {},
    counts: undefined,
    decision: undefined,
    isNews: false,
    isWoken: false,
    failures: 0,
  }),
  initial: 'observing',
  on: {
    WAKE: { actions: 'wake' },
    SET_LIMITS: {
      actions: [{ type: 'setLimits', params: ({ event }) => event }, 'wake'],
    },
    'worker.*': [{ guard: 'matters', actions: ['passOn', 'wake'] }, { actions: 'passOn' }],
    'xstate.done.actor.*': { actions: { type: 'dismiss', params: ({ event }) => event } },
    'xstate.error.actor.*': { actions: { type: 'dismiss', params: ({ event }) => event } },
  },
  states: {
    observing: {
      entry: 'calmDown',
      initial: 'asking',
      states: {
        asking: {
          invoke: {
            id: 'observe',
            src: 'observe',
            onDone: {
              actions: [
                { type: 'takeIn', params: ({ event }) => event.output },
                { type: 'tell', params: ({ event }) => event.output },
                { type: 'tellSelf', params: ({ event }) => event.output },
              ],
              target: 'telling',
            },
            onError: {
              actions: [
                'fail',
                {
                  type: 'reportFailure',
                  params: ({ event }) => ({ step: 'observe', message: messageOf(event.error) }),
                },
              ],
              target: '#controller.backingOff',
            },
          },
          after: {
            call: {
              actions: [
                'fail',
                { type: 'reportFailure', params: { step: 'observe', message: NO_ANSWER } },
              ],
              target: '#controller.backingOff',
            },
          },
        },
        telling: {
          on: {
            TOLD: {
              actions: { type: 'decide', params: ({ event }) => event },
              target: '#controller.deciding',
            },
          },
        },
      },
    },

    deciding: {
      always: [
        { guard: 'hasCommands', actions: ['publishDecision', 'command'], target: 'acting' },
        { actions: 'publishDecision', target: 'waiting' },
      ],
    },

    acting: {
      invoke: {
        id: 'act',
        src: 'act',
        input: ({ context: { decision } }) => ({
          start: decision?.start ?? [],
          stop: decision?.stop ?? [],
        }),
        onDone: [
          {
            guard: { type: 'wentWell', params: ({ event }) => event.output },
            actions: { type: 'tellResults', params: ({ event }) => event.output },
            target: 'waiting',
          },
          {
            actions: [
              { type: 'tellResults', params: ({ event }) => event.output },
              'fail',
              {
                type: 'reportFailure',
                params: ({ event }) => ({
                  step: 'act',
                  message: event.output.failure ?? 'The fleet asks for fewer calls.',
                }),
              },
            ],
            target: 'backingOff',
          },
        ],
        onError: {
          actions: [
            'fail',
            {
              type: 'reportFailure',
              params: ({ event }) => ({ step: 'act', message: messageOf(event.error) }),
            },
          ],
          target: 'backingOff',
        },
      },
      after: {
        call: {
          actions: ['fail', { type: 'reportFailure', params: { step: 'act', message: NO_ANSWER } }],
          target: 'backingOff',
        },
      },
    },

    waiting: {
      entry: 'recover',
      always: { guard: 'isWoken', target: 'waking' },
      on: { WAKE: { guard: 'isAtCap' } },
      after: { tick: 'observing' },
    },

    /** Woken, it takes a breath: what wakes it seldom comes alone. */
    waking: { on: { WAKE: {} }, after: { gather: 'observing' } },

    /** Something failed: nobody wakes it before it has rested. */
    backingOff: { after: { backoff: 'observing' } },
  },
});

export type ControllerRef = ActorRefFrom<typeof controllerMachine>;
