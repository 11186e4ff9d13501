import 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** What a test went through, for the summary of the run: `14 states and 70 transitions`. */
    counted?: string;
  }
}
