import { count, type Policy, towardsDemand } from '../../src/machines/scaling/policy.ts';

/** One instance for every message, and one more while there is any: the next photo finds it warm. */
export const spareInstance: Policy = (inputs) => {
  const messages = inputs.visible + inputs.inFlight;
  const spare = messages > 0 ? 1 : 0;
  const active = inputs.running + inputs.pending;
  return {
    ...towardsDemand({ ...inputs, min: Math.max(inputs.min, messages + spare) }, active),
    because: `${count(messages, 'message')} and ${spare} spare, ${active} active`,
  };
};
