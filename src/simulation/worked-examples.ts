import type { DecisionEvent } from '../bus/events.ts';
import { AWS, Simulation } from './simulation.ts';
import { nothing } from './workload.ts';

/** A fleet of 19 instances, some of them active with a photo each, to which something happens. */
interface WorkedExample {
  readonly active: number;
  /** Photos that are finished. */
  readonly finished: number;
  /** Photos that arrive. */
  readonly arriving: number;
}

/** The mission's worked examples of its rule. */
const EXAMPLES: readonly WorkedExample[] = [
  { active: 6, finished: 0, arriving: 8 },
  { active: 17, finished: 0, arriving: 31 },
  { active: 16, finished: 12, arriving: 0 },
];

const INSTANCES = 19;
const BOOT_MS = 30_000;
const SHORT_PHOTO_MS = 60_000;
const LONG_PHOTO_MS = 3_600_000;

/** What the real controller decides in each of the worked examples, in simulated time. */
export const workedExamples = (): Promise<DecisionEvent[]> => Promise.all(EXAMPLES.map(decisionIn));

async function decisionIn({ active, finished, arriving }: WorkedExample): Promise<DecisionEvent> {
  let photos = 0;
  const simulation = new Simulation({
    seed: 1,
    surroundings: {
      ...AWS,
      bootMs: () => BOOT_MS,
      serviceMs: () => (++photos <= finished ? SHORT_PHOTO_MS : LONG_PHOTO_MS),
    },
    pool: INSTANCES,
    policy: 'one-per-message',
    limits: { min: 0, max: INSTANCES },
    workload: nothing,
  });
  simulation.submit(active);
  await simulation.runUntil(() => photos === active, 2 * BOOT_MS);
  const decisions: DecisionEvent[] = [];
  simulation.bus.subscribe((event) => {
    if (event.type === 'controller.decision') decisions.push(event);
  });
  const acting = (): DecisionEvent | undefined =>
    decisions.find(({ start, stop }) => start.length + stop.length > 0);
  simulation.submit(arriving);
  await simulation.runUntil(() => acting() !== undefined, 2 * SHORT_PHOTO_MS);
  simulation.killController();
  const decision = acting();
  if (!decision) throw new Error(`Nothing was done with ${active} active instances.`);
  return decision;
}
