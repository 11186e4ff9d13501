import type { FleetGuests } from '../adapters/memory/fleet.ts';
import type { MessageQueue } from '../bus/queue.ts';

/** What a simulated fleet works on: the request queue, and the workers that run on the instances. */
export interface Work extends FleetGuests {
  readonly requests: Pick<MessageQueue, 'depth'>;
  /** A photo arrives. */
  submit(): void;
  /** Photos that arrived and have not been answered yet. */
  readonly unanswered: number;
  readonly answered: number;
  /** From now on the worker on that instance says nothing and finishes nothing. */
  hang(id: string): void;
}
