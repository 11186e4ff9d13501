import { Option } from 'commander';
import { z } from 'zod';

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
  /** How long the answer may take; 5 s unless said otherwise. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 5000;

/** An error of the service's own. */
const failure = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/**
 * What the service on `url` answers, as JSON of the shape `answer`.
 * @throws ServiceRefusedError
 */
export async function askService<T>(
  url: string,
  path: string,
  answer: z.ZodType<T>,
  call: Call = {},
): Promise<T> {
  const { ok, body } = await request(url, path, call);
  const expected = answer.safeParse(body);
  if (ok && expected.success) return expected.data;
  const refused = failure.safeParse(body);
  throw new ServiceRefusedError(
    !ok && refused.success
      ? toldHere(refused.data.error)
      : `What listens on ${url} is no facefleet service.`,
  );
}

/** The message, with what it means for whoever asks by a command. */
const toldHere = ({ code, message }: { code: string; message: string }): string =>
  code === 'key_needed' ? `${message} Set FACEFLEET_ADMIN_KEY to it.` : message;

async function request(
  url: string,
  path: string,
  { patienceMs = PATIENCE_MS, headers, ...call }: Call,
): Promise<{ ok: boolean; body: unknown }> {
  const address = addressOf(url, path);
  const tooLate = new AbortController();
  // This timer also keeps the process alive: fetch alone does not, and never settles, when a server
  // closes each connection at once.
  const timer = setTimeout(() => tooLate.abort(), patienceMs);
  try {
    const response = await fetch(address, {
      ...call,
      headers: { accept: 'application/json', ...headers },
      signal: tooLate.signal,
    });
    return { ok: response.ok, body: jsonOf(await response.text()) };
  } catch (cause) {
    throw new ServiceRefusedError(
      `No service answers on ${url}. Start one with facefleet up, or name its address with --url.`,
      { cause },
    );
  } finally {
    clearTimeout(timer);
  }
}

function addressOf(url: string, path: string): URL {
  if (/^https?:/.test(url) && URL.canParse(path, url)) return new URL(path, url);
  throw new ServiceRefusedError(
    `--url must be a URL such as http://127.0.0.1:8000, and ${url} is none.`,
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
