import { needsKey, UNEXPECTED, UNREACHABLE } from './api.ts';
import { key, signIn } from './sign-in.ts';

/** One face of the answer; `box` in pixels of the upright photo. */
export interface Face {
  readonly box: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  };
  /** How sure the detector is that this is a face, 0 to 1. */
  readonly score: number;
  readonly name: string;
  /** Cosine to the nearest person, −1 to 1; null when nobody is enrolled. */
  readonly similarity: number | null;
}

export interface Failure {
  readonly code: string;
  readonly message: string;
}

export type Answer = { readonly faces: readonly Face[] } | { readonly error: Failure };

/**
 * Sends one photo and resolves with its answer, a failure included, or with nothing when `signal`
 * aborts. `onProgress` gets the fraction that is sent, 0 to 1. Who needs a key is asked for it.
 */
export async function recognise(
  photo: File,
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  const known = key();
  const answered = await send(photo, onProgress, signal, known);
  if (answered === undefined) return undefined;
  const { status, answer } = answered;
  const isKeyWanted = 'error' in answer && needsKey(status, answer.error.code);
  if (isKeyWanted && (await signIn(known, answer.error))) {
    return recognise(photo, onProgress, signal);
  }
  return answer;
}

interface Answered {
  readonly status: number;
  readonly answer: Answer;
}

function send(
  photo: File,
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
  known: string | undefined,
): Promise<Answered | undefined> {
  // fetch() tells nothing about the progress of an upload.
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(loaded / total));
    request.addEventListener('load', () => {
      resolve({ status: request.status, answer: answerIn(request.response) });
    });
    request.addEventListener('error', () => {
      resolve({ status: 0, answer: { error: UNREACHABLE } });
    });
    request.addEventListener('abort', () => resolve(undefined));
    signal.addEventListener('abort', () => request.abort());

    const form = new FormData();
    form.append('photo', photo, photo.name);
    request.open('POST', '/');
    request.responseType = 'json';
    request.setRequestHeader('Accept', 'application/json');
    if (known !== undefined) request.setRequestHeader('Authorization', `Bearer ${known}`);
    request.send(form);
  });
}

function answerIn(body: unknown): Answer {
  const isAnswer =
    typeof body === 'object' && body !== null && ('faces' in body || 'error' in body);
  return isAnswer ? (body as Answer) : { error: UNEXPECTED };
}
