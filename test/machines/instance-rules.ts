import type { InstanceState } from '../../src/bus/fleet.ts';
import type { InstanceContext, InstanceEvent } from '../../src/machines/instance-setup.ts';

/** What is known of an instance before an event. */
export interface Known {
  readonly path: string;
  readonly context: InstanceContext;
}

const CYCLE: readonly InstanceState[] = [
  'pending',
  'running',
  'stopping',
  'stopped',
  'shutting-down',
  'terminated',
];

const FIRST: Readonly<Record<InstanceState, string>> = {
  pending: 'pending.underway',
  running: 'running.starting',
  stopping: 'stopping.underway',
  stopped: 'stopped',
  'shutting-down': 'shutting-down.underway',
  terminated: 'terminated',
};

/** The rules of an instance once more, as plain cases: the state path that an event has to lead to. */
export function ruled({ path, context }: Known, event: InstanceEvent): string {
  switch (event.type) {
    case 'START':
      return path === 'stopped' && event.at >= context.retryAt ? 'pending.requested' : path;
    case 'STOP':
      return path.startsWith('running.') &&
        path !== 'running.draining' &&
        event.at >= context.retryAt &&
        context.launches.launchedAt !== undefined
        ? 'stopping.requested'
        : path;
    case 'ACCEPTED':
      return path === 'stopping.requested' ? 'stopping.underway' : path;
    case 'REFUSED':
      return ruledRefusal(path, event.code);
    case 'OBSERVED':
      return ruledReading({ path, context }, event);
    default:
      return ruledWord({ path, context }, event);
  }
}

/** Where an instance gets when nothing happens for as long as it may take. */
export function ruledDeadline(path: string): string {
  const [state, phase] = path.split('.');
  if (phase === 'requested') return `${state}.overdue`;
  if (state === 'running') return 'running.silent';
  return `${state}.stuck`;
}

/** The states in which an instance may stay for ever. */
export const isAtRest = (path: string): boolean =>
  path === 'stopped' ||
  path === 'terminated' ||
  path === 'running.silent' ||
  path.endsWith('.stuck');

function ruledRefusal(path: string, code: string): string {
  const [state, phase] = path.split('.');
  if (phase !== 'requested') return path;
  if (code === 'IncorrectInstanceState') return `${state}.overdue`;
  return state === 'pending' ? 'stopped' : 'running.starting';
}

function ruledReading(
  { path, context: { launches } }: Known,
  { state, launchedAt: launch }: Extract<InstanceEvent, { type: 'OBSERVED' }>,
): string {
  const [believed, phase] = path.split('.') as [InstanceState, string?];
  if (believed === 'terminated') return path;
  const { launchedAt: known, lastLaunch: last } = launches;
  if (launch === undefined) {
    const isBeforeStart = state === 'stopped' || state === 'stopping';
    if (path === 'pending.requested' && isBeforeStart) return path;
  } else if (known === undefined) {
    if (last !== undefined && launch <= last) return path;
  } else if (launch < known) {
    return path;
  } else if (launch === known && CYCLE.indexOf(state) < CYCLE.indexOf(believed)) {
    return path;
  }
  if (state !== believed) return FIRST[state];
  if (phase === 'requested' || phase === 'overdue') return FIRST[state];
  const isOther = launch !== undefined && known !== undefined && launch !== known;
  return isOther && state !== 'shutting-down' ? FIRST[state] : path;
}

function ruledWord(
  { path, context }: Known,
  event: Extract<InstanceEvent, { instance: string }>,
): string {
  const [state] = path.split('.');
  if (event.type === 'worker.exited' && state === 'stopping') return 'stopped';
  if (event.at < context.heardAt) {
    return path === 'stopping.requested' && event.type === 'worker.draining'
      ? 'stopping.underway'
      : path;
  }
  switch (event.type) {
    case 'worker.exited':
      return state === 'pending' || state === 'running' ? 'stopped' : path;
    case 'worker.draining':
      if (path === 'stopping.requested') return 'stopping.underway';
      return state === 'running' ? 'running.draining' : path;
    case 'worker.busy':
      if (state === 'pending') return 'running.busy';
      if (state !== 'running' || path === 'running.draining') return path;
      return event.photo === context.photo ? path : 'running.busy';
    case 'worker.idle':
    case 'worker.ready':
      if (path === 'running.draining' && event.type === 'worker.idle') return path;
      return state === 'pending' || state === 'running' ? 'running.idle' : path;
    default:
      return event satisfies never;
  }
}
