import type { Clock } from '../bus/clock.ts';
import { ENROLLING, enrolmentKeysOf } from '../bus/object-key.ts';
import type { ObjectStore } from '../bus/store.ts';

/** An enrolment takes minutes at most; what is older was left by a web tier that died. */
const LEFT_AFTER_MS = 60 * 60 * 1000;

/** Erases what an enrolment under way had in the gallery's bucket. */
export async function eraseEnrolment(
  bucket: Pick<ObjectStore, 'delete'>,
  requestId: string,
): Promise<void> {
  const { photo, faces } = enrolmentKeysOf(requestId);
  await bucket.delete(photo, { allVersions: true });
  await bucket.delete(faces, { allVersions: true });
}

/** Erases what was left of enrolments that nobody will finish. */
export async function eraseLeftEnrolments(
  bucket: Pick<ObjectStore, 'list' | 'delete'>,
  clock: Pick<Clock, 'now'>,
): Promise<void> {
  for await (const { key, lastModified } of bucket.list({ prefix: ENROLLING, allVersions: true })) {
    if (clock.now() - lastModified < LEFT_AFTER_MS) continue;
    await bucket.delete(key, { allVersions: true });
  }
}
