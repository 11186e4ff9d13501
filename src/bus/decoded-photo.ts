import type { Outcome } from './messages.ts';

/** A photo whose pixels are at hand; what else it is, only the recogniser knows. */
export interface DecodedPhoto {
  /** The photo as it was uploaded. */
  readonly bytes: Uint8Array;
  /** @throws PhotoRejectedError when finer pixels turn out to be unreadable */
  recognise(): Promise<Outcome>;
}
