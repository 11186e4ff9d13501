import type { InstanceState } from '../bus/fleet.ts';
import type { Reading } from './instance-launch.ts';
import { mayStart, mayStop } from './instance-setup.ts';
import type { InstanceRef, InstanceSnapshot } from './instance.ts';
import type { InstanceSummary } from './scaling/snapshot.ts';

/** The instance actors by instance id. */
export type InstanceRefs = Readonly<Record<string, InstanceRef>>;

/** An instance as scaling sees it. */
export function summaryOf(snapshot: InstanceSnapshot, at: number): InstanceSummary {
  const { context, value } = snapshot;
  return {
    id: context.id,
    state: stateOf(snapshot),
    worker: typeof value === 'object' && 'running' in value ? value.running : undefined,
    stuck: snapshot.hasTag('stuck'),
    counted: snapshot.hasTag('counted'),
    startable: snapshot.hasTag('startable') && mayStart(context, at),
    stoppable: snapshot.hasTag('stoppable') && mayStop(context, at),
    failures: context.failures,
    since: context.launches.launchedAt ?? context.since,
  };
}

/** Whether a reading may tell an instance anything: most say at most ticks what they said before. */
export function isWorthTelling(snapshot: InstanceSnapshot, reading: Reading): boolean {
  return (
    reading.state !== stateOf(snapshot) ||
    reading.launchedAt !== snapshot.context.launches.launchedAt ||
    snapshot.hasTag('asking')
  );
}

/** The EC2 state that an instance actor is in. */
function stateOf({ value }: InstanceSnapshot): InstanceState {
  return (typeof value === 'string' ? value : Object.keys(value)[0]) as InstanceState;
}
