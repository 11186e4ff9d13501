import { key, signIn } from './sign-in.ts';

/** A failure as the server tells it. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  /** What the code brings besides, as docs/http.md says. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    { code, message, details = {} }: { code: string; message: string; details?: object },
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details as Readonly<Record<string, unknown>>;
  }
}

export const UNREACHABLE = {
  code: 'unreachable',
  message: 'The server does not answer. Check that it is running, then try again.',
};
export const UNEXPECTED = {
  code: 'unexpected',
  message: 'Something between this page and the server answered in its place. Try again.',
};

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/**
 * Asks the server, with the key of whoever is signed in; who has to sign in is asked for it.
 * @throws ApiError
 */
export async function request(
  method: Method,
  path: string,
  body?: FormData | Blob | object,
): Promise<Response> {
  const isRaw = body === undefined || body instanceof FormData || body instanceof Blob;
  const headers = new Headers({ Accept: 'application/json' });
  if (!isRaw) headers.set('Content-Type', 'application/json');
  const known = key();
  if (known !== undefined) headers.set('Authorization', `Bearer ${known}`);
  const response = await fetch(path, {
    method,
    headers,
    body: isRaw ? (body ?? null) : JSON.stringify(body),
  }).catch(() => {
    throw new ApiError(0, UNREACHABLE);
  });
  if (response.ok) return response;
  const answer = (await response.json().catch(() => undefined)) as
    | { error?: { code: string; message: string; details?: object } }
    | undefined;
  const failure = answer?.error ?? UNEXPECTED;
  if (needsKey(response.status, failure.code) && (await signIn(known, failure))) {
    return request(method, path, body);
  }
  throw new ApiError(response.status, failure);
}

/** Whether another key, or any, may be let do it. */
export const needsKey = (status: number, code: string): boolean =>
  status === 401 || code === 'role_needed';

/** The same for answers in JSON; undefined for one without a body. @throws ApiError */
export async function ask<T>(
  method: Method,
  path: string,
  body?: FormData | Blob | object,
): Promise<T> {
  const response = await request(method, path, body);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** Shows a picture of the server's; images bring no key of their own. */
export async function showPicture(image: HTMLImageElement, path: string): Promise<void> {
  if (key() === undefined) {
    image.src = path;
    return;
  }
  image.src = URL.createObjectURL(await (await request('GET', path)).blob());
  image.addEventListener('load', () => URL.revokeObjectURL(image.src), { once: true });
}

/** What went wrong, in words. */
export const wordsOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
