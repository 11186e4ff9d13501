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

const UNREACHABLE: Failure = {
  code: 'unreachable',
  message: 'The server does not answer. Check that it is running, then try again.',
};

const UNEXPECTED: Failure = {
  code: 'unexpected',
  message: 'Something between this page and the server answered in its place. Try again.',
};

/**
 * Sends one photo and resolves with its answer, a failure included, or with nothing when `signal`
 * aborts. `onProgress` gets the fraction that is sent, 0 to 1.
 */
export function recognise(
  photo: File,
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  // fetch() tells nothing about the progress of an upload.
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(loaded / total));
    request.addEventListener('load', () => resolve(answerIn(request.response)));
    request.addEventListener('error', () => resolve({ error: UNREACHABLE }));
    request.addEventListener('abort', () => resolve(undefined));
    signal.addEventListener('abort', () => request.abort());

    const form = new FormData();
    form.append('photo', photo, photo.name);
    request.open('POST', '/');
    request.responseType = 'json';
    request.setRequestHeader('Accept', 'application/json');
    request.send(form);
  });
}

function answerIn(body: unknown): Answer {
  const isAnswer =
    typeof body === 'object' && body !== null && ('faces' in body || 'error' in body);
  return isAnswer ? (body as Answer) : { error: UNEXPECTED };
}
