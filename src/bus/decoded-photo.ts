import type { Outcome } from './messages.ts';

/** A photo whose pixels are at hand; what else it is, only the recogniser knows. */
export interface DecodedPhoto {
  /** The photo as it was uploaded. */
  readonly bytes: Uint8Array;
  /**
   * @param onStep - hears how many milliseconds each step took that has just ended
   * @throws PhotoRejectedError when finer pixels turn out to be unreadable
   */
  recognise(onStep?: (step: string, ms: number) => void): Promise<Outcome>;
  /**
   * The faces as an enrolment wants them: what `people/photo-analysis.ts` encodes. Absent where nobody
   * is enrolled.
   * @throws PhotoRejectedError when finer pixels turn out to be unreadable
   */
  analyse?(): Promise<Uint8Array>;
}
