import { toPromise } from 'xstate';

import { PhotoRejectedError } from '../bus/errors.ts';
import { enrolmentKeysOf } from '../bus/object-key.ts';
import type { ObjectStore } from '../bus/store.ts';
import { eraseEnrolment } from './enrolment-files.ts';
import { type PhotoMessagePorts, type SentPhoto, sendToEnrol } from './photo-messages.ts';
import { AnalysisExpiredError, type RequestActor, RequestExpiredError } from './request.ts';

export interface PhotoAnalysisPorts extends PhotoMessagePorts {
  readonly galleryBucket: ObjectStore;
}

/** A photo that somebody is to be enrolled with. */
export type PhotoToAnalyse = Pick<SentPhoto, 'id' | 'photo'>;

/**
 * Has a worker look at a photo, and returns what it found. Both lie in the gallery's bucket meanwhile;
 * nothing is left of them in the end.
 * @param begin - begins a request and sends it
 * @throws PhotoRejectedError, AnalysisExpiredError, RequestPurgedError, RequestAbandonedError, or what
 *   queue and bucket threw
 */
export async function analysePhoto(
  ports: PhotoAnalysisPorts,
  { id, photo }: PhotoToAnalyse,
  begin: (sent: SentPhoto, send: () => Promise<void>) => Promise<RequestActor>,
): Promise<Uint8Array> {
  const sent = { id, photo, fileName: 'photo' };
  try {
    await found(await begin(sent, () => sendToEnrol(ports, sent)));
    return (await ports.galleryBucket.get(enrolmentKeysOf(id).faces)).body;
  } finally {
    await eraseEnrolment(ports.galleryBucket, id);
  }
}

/** Resolves when a worker has put what it found into the bucket. */
async function found(request: RequestActor): Promise<void> {
  const output = await toPromise(request);
  if ('error' in output) {
    const { error } = output;
    if (!(error instanceof RequestExpiredError)) throw error;
    throw new AnalysisExpiredError(request.getSnapshot().context.deadlineMs);
  }
  const { outcome } = output;
  if ('error' in outcome) throw new PhotoRejectedError(outcome.error.code, outcome.error.message);
}
