/** What one look at the machine found. */
export interface Finding {
  readonly status: 'ok' | 'warning' | 'failed';
  /** What was found, as a sentence. */
  readonly message: string;
  /** What to do about it; absent when it is ok. */
  readonly mend?: string;
}

/** Something that must be right for facefleet to run well. */
export interface Check {
  readonly name: string;
  /** A failure that it throws counts as `failed`. */
  readonly look: () => Finding | Promise<Finding>;
}

/** A finding, and which check found it. */
export interface NamedFinding extends Finding {
  readonly check: string;
}

/** What a check finds. One that cannot even look has failed; our own failures say what to do. */
export async function findingOf({ name, look }: Check): Promise<NamedFinding> {
  try {
    return { check: name, ...(await look()) };
  } catch (error) {
    return { check: name, status: 'failed', message: (error as Error).message };
  }
}

export const ok = (message: string): Finding => ({ status: 'ok', message });
export const warning = (message: string, mend: string): Finding => ({
  status: 'warning',
  message,
  mend,
});
export const failed = (message: string, mend: string): Finding => ({
  status: 'failed',
  message,
  mend,
});
