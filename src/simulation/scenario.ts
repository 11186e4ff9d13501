import { z } from 'zod';

import { policies, type PolicyName } from '../machines/scaling/policies.ts';

const at = z.number().int().min(0);
const seconds = z.number().int().min(1).max(3600);

/** What is made to happen in a simulated fleet, `at` milliseconds after its beginning. */
const happening = z.discriminatedUnion('type', [
  /** So many photos arrive at once. */
  z.object({ at, type: z.literal('burst'), photos: z.number().int().min(1).max(2000) }),
  /** An instance that starts, or else the next one that will, stays pending for good. */
  z.object({ at, type: z.literal('stuck') }),
  /** The provider has no more instances to give: InsufficientInstanceCapacity. */
  z.object({ at, type: z.literal('capacity'), seconds }),
  /** A worker dies with the photo in its hand, and its instance with it. */
  z.object({ at, type: z.literal('killed') }),
  /** A worker says and finishes nothing any more. */
  z.object({ at, type: z.literal('hung') }),
  /** The counts of the queue stand still. */
  z.object({ at, type: z.literal('stale'), seconds }),
  /** Every call to the provider is refused: RequestLimitExceeded. */
  z.object({ at, type: z.literal('throttled'), seconds }),
]);

/** A simulated fleet and all that happens to it. The same scenario is the same life, to the last event. */
export const scenario = z
  .object({
    seed: z.number().int().min(0).max(1e9),
    world: z.enum(['aws', 'local']),
    policy: z.enum(Object.keys(policies) as [PolicyName, ...PolicyName[]]),
    /** Instances in the pool, all of which may be active. */
    instances: z.number().int().min(1).max(1000),
    /** Photos that arrive on average: a Poisson stream. */
    photosPerSecond: z.number().min(0).max(50),
    minutes: z.number().int().min(1).max(60),
    happenings: z.array(happening).max(60),
  })
  .strict();

export type Scenario = z.infer<typeof scenario>;
export type Happening = z.infer<typeof happening>;
