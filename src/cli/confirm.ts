import { createInterface } from 'node:readline/promises';

import { FacefleetError } from '../bus/errors.ts';

/** Thrown when nobody said that an act which cannot be undone is really meant. */
class NotConfirmedError extends FacefleetError {
  readonly code = 'not_confirmed';
}

/**
 * Asks on the terminal whether something is really meant; comes back only if it is.
 * @param loss what will be gone, as sentences
 * @throws NotConfirmedError when the answer is not yes, or when there is no terminal to ask on
 */
export async function confirm(loss: string, question: string): Promise<void> {
  if (!process.stdin.isTTY) {
    const gap = loss.includes('\n') ? '\n\n' : ' ';
    throw new NotConfirmedError(
      `${loss}${gap}There is no terminal to ask on whether you mean it: say so with --yes.`,
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question(`${loss}\n${question} [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new NotConfirmedError('Nothing was changed.');
  } finally {
    terminal.close();
  }
}
