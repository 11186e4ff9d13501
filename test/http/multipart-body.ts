const BOUNDARY = 'x-boundary';

export interface Part {
  /** Header lines as they go over the wire. */
  readonly headers: readonly string[];
  readonly body: Uint8Array | string;
}

/** A multipart body by hand, for what no well-behaved client sends. */
export function multipartBody(
  parts: readonly Part[],
  end = `--${BOUNDARY}--\r\n`,
): Buffer<ArrayBuffer> {
  return Buffer.concat([
    ...parts.flatMap(({ headers, body }) => [
      Buffer.from(`--${BOUNDARY}\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`),
      Buffer.from(body),
      Buffer.from('\r\n'),
    ]),
    Buffer.from(end),
  ]);
}

export function post(
  url: string,
  body: Uint8Array<ArrayBuffer> | string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    body,
    headers: { 'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`, ...headers },
  });
}

/** Sends files as a browser or curl does, each in a field of its own name. */
export function postFiles(
  url: string,
  files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>,
  headers: Record<string, string> = {},
): Promise<Response> {
  const form = new FormData();
  for (const [name, bytes] of Object.entries(files)) {
    form.append(`field of ${name}`, new Blob([bytes]), name);
  }
  return fetch(url, { method: 'POST', body: form, headers });
}
