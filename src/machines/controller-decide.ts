import { type InstanceRefs, summaryOf } from './controller-fleet.ts';
import type { Commands, ControllerContext, Decision } from './controller-setup.ts';
import { plan } from './scaling/plan.ts';

const NOTHING: Commands = { start: [], stop: [] };

/** What to do about the fleet, by all that the controller knows at `at`, and why. */
export function decide(context: ControllerContext, at: number): Decision {
  const { counts, policy, policyName, limits, timing, instances } = context;
  const decided = { type: 'controller.decision', at, policy: policyName } as const;
  if (counts === undefined) {
    return { ...decided, ...NOTHING, reason: 'no counts of messages yet: no action' };
  }
  const ageMs = at - counts.at;
  if (ageMs > timing.countsMaxAgeMs) {
    const reason = `the counts are ${Math.round(ageMs / 1000)} s old: no action`;
    return { ...decided, ...NOTHING, reason };
  }
  const { visible, inFlight } = counts;
  const fleet = { demand: { visible, inFlight }, limits, instances: summaries(instances, at) };
  return { ...decided, ...plan(policy, fleet) };
}

const summaries = (instances: InstanceRefs, at: number) =>
  Object.values(instances).map((ref) => summaryOf(ref.getSnapshot(), at));

/** Whether two decisions say the same, whenever they were made. */
export const isSame = (a: Decision, b: Decision | undefined): boolean =>
  a.reason === b?.reason && JSON.stringify({ ...a, at: 0 }) === JSON.stringify({ ...b, at: 0 });
