import type { Fleet, InstanceResult } from '../bus/fleet.ts';
import type { Logger } from '../log.ts';

/** A fleet that logs what was refused of its commands: one line for each reason. */
export function withToldRefusals(fleet: Fleet, log: Pick<Logger, 'warn'>): Fleet {
  const told =
    (command: 'start' | 'stop'): Fleet['start'] =>
    async (ids) => {
      const results = await fleet[command](ids);
      for (const [code, { message, instances }] of reasonsIn(results)) {
        log.warn({ command, code, instances }, message);
      }
      return results;
    };
  return { describe: () => fleet.describe(), start: told('start'), stop: told('stop') };
}

interface Reason {
  readonly message: string;
  readonly instances: string[];
}

function reasonsIn(results: readonly InstanceResult[]): Map<string, Reason> {
  const reasons = new Map<string, Reason>();
  for (const result of results) {
    if (!('error' in result)) continue;
    const { code, message } = result.error;
    const { instances } = reasons.get(code) ?? { instances: [] };
    reasons.set(code, { message, instances: [...instances, result.id] });
  }
  return reasons;
}
