import { literal } from './literal.ts';
import { onePerMessage } from './one-per-message.ts';
import type { Policy } from './policy.ts';

/** The policies by name; the first is the default. */
export const policies = {
  'one-per-message': onePerMessage,
  literal,
} as const satisfies Record<string, Policy>;

export type PolicyName = keyof typeof policies;
