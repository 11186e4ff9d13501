import { count, type Policy, towardsDemand } from './policy.ts';

/**
 * One instance for every message, waiting or in flight, up to the cap; an instance that was started
 * but does not run yet counts as one already.
 */
export const onePerMessage: Policy = (inputs) => {
  const active = inputs.running + inputs.pending;
  const messages = count(inputs.visible + inputs.inFlight, 'message');
  return { ...towardsDemand(inputs, active), because: `${messages}, ${active} active` };
};
