import { count, type Policy, towardsDemand } from './policy.ts';

/**
 * The same rule, with only the instances that run already counted. It starts more and more while
 * instances boot, which is why it is here: to be compared with.
 */
export const literal: Policy = (inputs) => {
  const messages = count(inputs.visible + inputs.inFlight, 'message');
  return {
    ...towardsDemand(inputs, inputs.running),
    because: `${messages}, ${inputs.running} running, ${inputs.pending} pending not counted`,
  };
};
