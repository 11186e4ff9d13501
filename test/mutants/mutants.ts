/** One way to break the code, and the promise that must then be seen broken. */
export interface Mutant {
  readonly name: string;
  readonly promise: string;
  /** The file, from `src/`, and what is written there exactly once. */
  readonly file: string;
  readonly code: string;
  readonly broken: string;
}

const CAP = 'no more than the cap are active';
const SETTLING = 'nothing is started or stopped while it settles';
const ONE_COMMAND = 'an instance has one command outstanding at most';
const LEGAL = 'an instance goes only where its life cycle lets it';
const BUSY = 'a busy instance is never cut off';
const DEADLINES = 'whatever is on its way somewhere has a deadline';
const OTHERS = 'one bad instance never blocks the others';
const REST = 'after the faults the queue drains and the fleet returns to its minimum';
const NEEDLESS = 'nothing is started while the demand is met';
const STALE = 'no action on counts that are too old';

export const mutants: readonly Mutant[] = [
  {
    name: 'count pending out',
    promise: NEEDLESS,
    file: 'machines/scaling/one-per-message.ts',
    code: 'inputs.running + inputs.pending',
    broken: 'inputs.running',
  },
  {
    name: 'forget how many are active already',
    promise: CAP,
    file: 'machines/scaling/snapshot.ts',
    code: 'limits.max - counted',
    broken: 'limits.max',
  },
  {
    name: 'let a stop make room before it was taken',
    promise: CAP,
    file: 'machines/instance.ts',
    code: `          tags: 'counted',
          after: { settle: 'overdue' },`,
    broken: `          after: { settle: 'overdue' },`,
  },
  {
    name: 'start what settles',
    promise: SETTLING,
    file: 'machines/controller-fleet.ts',
    code: "snapshot.hasTag('startable') &&",
    broken: "(snapshot.hasTag('startable') || snapshot.hasTag('settling')) &&",
  },
  {
    name: 'stop what only its worker says to run',
    promise: SETTLING,
    file: 'machines/instance-setup.ts',
    code: 'at >= retryAt && launches.launchedAt !== undefined',
    broken: 'at >= retryAt',
  },
  {
    name: 'believe a late reading',
    promise: ONE_COMMAND,
    file: 'machines/instance-launch.ts',
    code: 'if (launchedAt === undefined) return false;',
    broken: 'if (launchedAt === undefined || believed) return false;',
  },
  {
    name: 'give a command without believing it',
    promise: ONE_COMMAND,
    file: 'machines/controller-setup.ts',
    code: "if (ref) enqueue.sendTo(ref, { type: 'START', at });",
    broken: 'void ref;',
  },
  {
    name: 'count the time to settle from before the start was taken',
    promise: CAP,
    file: 'machines/instance.ts',
    code: "ACCEPTED: { target: 'requested', reenter: true },",
    broken: '',
  },
  {
    name: 'come back from shutting down',
    promise: LEGAL,
    file: 'machines/instance.ts',
    code: "{ guard: { type: 'isLate', params: { believed: 'shutting-down' } } },",
    broken: "{ guard: 'readsStopped', target: '#instance.stopped' },",
  },
  {
    name: 'stop the busy one',
    promise: BUSY,
    file: 'machines/scaling/choose.ts',
    code: " && instance.worker !== 'busy'",
    broken: '',
  },
  {
    name: 'forget the deadline of a start',
    promise: DEADLINES,
    file: 'machines/instance.ts',
    code: `        requested: {
          after: { settle: 'overdue' },
          on: {
            // It`,
    broken: `        requested: {
          on: {
            // It`,
  },
  {
    name: 'never look again after a failure',
    promise: DEADLINES,
    file: 'machines/controller.ts',
    code: "backingOff: { after: { backoff: 'observing' } },",
    broken: 'backingOff: {},',
  },
  {
    name: 'count on what is stuck',
    promise: OTHERS,
    file: 'machines/scaling/snapshot.ts',
    code: "if (state === 'pending') return !stuck;",
    broken: "if (state === 'pending') return stuck || !stuck;",
  },
  {
    name: 'wait for a worker that is silent',
    promise: OTHERS,
    file: 'machines/scaling/plan.ts',
    code: 'const silent = silentToStop(instances, inputs);',
    broken: 'const silent = silentToStop([], inputs);',
  },
  {
    name: 'distrust every reading of what is stuck',
    promise: REST,
    file: 'machines/instance.ts',
    code: `        stuck: { tags: 'stuck', entry: 'trustAny' },
      },
    },

    'shutting-down'`,
    broken: `        stuck: { tags: 'stuck' },
      },
    },

    'shutting-down'`,
  },
  {
    name: 'stop one too few',
    promise: REST,
    file: 'machines/scaling/policy.ts',
    code: 'Math.max(0, active - wanted)',
    broken: 'Math.max(0, active - wanted - 1)',
  },
  {
    name: 'forget the demand of messages in flight',
    promise: REST,
    file: 'machines/scaling/policy.ts',
    code: 'Math.max(visible + inFlight, min)',
    broken: 'Math.max(visible, 0)',
  },
  {
    name: 'act on counts of any age',
    promise: STALE,
    file: 'machines/controller-decide.ts',
    code: 'ageMs > timing.countsMaxAgeMs',
    broken: 'ageMs > Infinity',
  },
];
