import type { Outcome, RecognisedFace } from '../bus/messages.ts';
import { type Failure, statusOfCode } from './errors.ts';

/** What became of one photo: its faces, or why there are none to name. */
export interface Answer {
  readonly id: string;
  readonly fileName: string;
  readonly outcome: Outcome;
}

/** Characters that would break a line of text in two, or hide in it. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029]/gu;

/** All well: 200. All failed: the status of the first failure. Some of each: 207 (Multi-Status). */
export function statusOfAnswers(answers: readonly Answer[]): number {
  const [first] = failuresOf(answers);
  if (first === undefined) return 200;
  return failuresOf(answers).length === answers.length ? statusOfCode(first.code) : 207;
}

export const failuresOf = (answers: readonly Answer[]): Failure[] =>
  answers.flatMap(({ outcome }) => ('error' in outcome ? [outcome.error] : []));

/** One line a photo: its file name and the name of the largest face. */
export const textOfAnswers = (answers: readonly Answer[]): string =>
  answers.map(({ fileName, outcome }) => `${line(fileName)}:${textOf(outcome)}\n`).join('');

/** An object for one photo, an array for several. */
export function jsonOfAnswers(answers: readonly Answer[]): unknown {
  const [first, ...others] = answers.map(jsonOf);
  return others.length === 0 ? first : [first, ...others];
}

function textOf(outcome: Outcome): string {
  if ('error' in outcome) return textOfFailure(outcome.error);
  const [primary] = outcome.faces;
  return primary === undefined ? 'no_face' : line(primary.name);
}

export const textOfFailure = ({ code, message }: Failure): string =>
  line(`error: ${code}: ${message}`);

function jsonOf({ id, fileName, outcome }: Answer): unknown {
  return 'error' in outcome
    ? { id, fileName, error: outcome.error }
    : { id, fileName, faces: outcome.faces.map(faceOf) };
}

/** Without those who look like it but are not it. */
const faceOf = ({ nearest: _, ...face }: RecognisedFace): RecognisedFace => face;

const line = (text: string): string => text.replaceAll(UNPRINTABLE, unicodeEscape);

const unicodeEscape = (char: string): string =>
  `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
