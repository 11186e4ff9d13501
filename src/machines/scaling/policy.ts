import type { ScalingInputs } from './snapshot.ts';

/** How many instances a policy would start or stop, and the counts it went by, in words. */
export interface Advice {
  readonly start: number;
  readonly stop: number;
  /** For people: `14 messages, 6 active`. */
  readonly because: string;
}

/**
 * A scaling rule: a pure function of the counts. It decides how many; which ones, and that the cap
 * holds whatever a policy says, is `plan()`.
 */
export type Policy = (inputs: ScalingInputs) => Advice;

/** What brings `active` instances to the demand, as far as minimum, cap and pool allow. */
export function towardsDemand(
  { visible, inFlight, min, max, room, stopped }: ScalingInputs,
  active: number,
): { start: number; stop: number } {
  const wanted = Math.min(Math.max(visible + inFlight, min), max);
  return {
    start: Math.max(0, Math.min(wanted - active, room, stopped)),
    stop: Math.max(0, active - wanted),
  };
}

export const count = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? '' : 's'}`;
