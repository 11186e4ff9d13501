import {
  type AwsCall,
  awsCodeOf,
  awsError,
  InstanceProfileNotVisibleError,
} from '../adapters/aws/errors.ts';
import { type Clock, sleep } from '../bus/clock.ts';

/** What AWS answers, or `undefined` when it answers with one of these codes of its own. */
export async function answerUnless<T>(
  codes: readonly string[],
  call: AwsCall,
  answer: Promise<T>,
): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (codes.includes(awsCodeOf(error))) return undefined;
    throw awsError(error, call);
  }
}

const PATIENCE_MS = 120_000;
const REST_MS = 3000;

/**
 * Tries again while `isPassing` says of the failure that it passes by itself: what one part of AWS has
 * made another part sees seconds later. After two minutes the failure stands.
 */
export async function patiently<T>(
  clock: Clock,
  isPassing: (error: unknown) => boolean,
  run: () => Promise<T>,
): Promise<T> {
  const end = clock.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await run();
    } catch (error) {
      if (!isPassing(error) || clock.now() >= end) throw error;
      await sleep(clock, REST_MS);
    }
  }
}

export const saysOneOf =
  (...codes: string[]) =>
  (error: unknown): boolean =>
    codes.includes(awsCodeOf(error));

/** IAM has made an instance profile, which EC2 sees seconds later. */
export const isNotVisible = (error: unknown): boolean =>
  error instanceof InstanceProfileNotVisibleError;
