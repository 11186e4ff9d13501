import { HttpError } from './errors.ts';
import type { UploadLimits } from './limits.ts';
import { SharedLimit } from './shared-limit.ts';

/** What uploads share, so that no number of clients fills up the process, and no client takes all. */
export interface Admission {
  /** Uploads under way, from their first byte to their answer. */
  readonly places: SharedLimit;
  /** Bytes that have arrived and are not queued yet. */
  readonly memory: SharedLimit;
}

export function createAdmission(limits: UploadLimits): Admission {
  return {
    places: new SharedLimit({
      total: limits.requests,
      perClient: limits.requestsOfClient,
      totalReached: overloaded,
      perClientReached: () =>
        new HttpError(
          'too_many_requests',
          `${limits.requestsOfClient} uploads from your address are under way, and no more are taken. Wait for some of the answers.`,
        ),
    }),
    memory: new SharedLimit({
      total: limits.arrivingBytes,
      perClient: limits.arrivingBytesOfClient,
      totalReached: overloaded,
      perClientReached: () =>
        new HttpError(
          'too_many_requests',
          'Too many large uploads arrive from your address at once. Send some of them later.',
        ),
    }),
  };
}

const overloaded = (): HttpError =>
  new HttpError(
    'overloaded',
    'Too many uploads are under way at once. Send the photo again in a moment.',
  );
