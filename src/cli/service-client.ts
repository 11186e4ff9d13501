import { Option } from 'commander';

import { FacefleetError } from '../bus/errors.ts';

/** Thrown when the running service cannot be asked, or refuses. */
export class ServiceRefusedError extends FacefleetError {
  readonly code = 'service_refused';
}

/** Which service a command talks to. */
export const urlOption = (): Option =>
  new Option('--url <url>', 'where the service listens')
    .env('FACEFLEET_URL')
    .default('http://127.0.0.1:8000');

interface Call {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * What the service on `url` answers, as JSON.
 * @throws ServiceRefusedError
 */
export async function askService(url: string, path: string, call: Call = {}): Promise<unknown> {
  const response = await request(url, path, call);
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && body !== undefined) return body;
  const message = (body as { error?: { message?: string } } | undefined)?.error?.message;
  throw new ServiceRefusedError(message ?? `What listens on ${url} is no facefleet service.`);
}

async function request(url: string, path: string, call: Call): Promise<Response> {
  if (!URL.canParse(url)) throw new ServiceRefusedError(`--url must be a URL, and ${url} is none.`);
  try {
    return await fetch(new URL(path, url), {
      ...call,
      headers: { accept: 'application/json', ...call.headers },
    });
  } catch (cause) {
    throw new ServiceRefusedError(
      `No service answers on ${url}. Start one with facefleet up, or name its address with --url.`,
      { cause },
    );
  }
}
