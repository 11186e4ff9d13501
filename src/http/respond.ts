import type { Context } from 'koa';

import { textOfFailure } from './answer.ts';
import { type Failure, RETRY_AFTER_SECONDS } from './errors.ts';
import { errorPage } from './views/error-page.ts';
import type { Html } from './views/html.ts';

/** Below this programs talk to each other, in JSON. */
const API = '/v1/';

/** One answer in the three forms that a client may ask for. */
interface Representations {
  text(): string;
  json(): unknown;
  page(): Html;
}

/** Answers in the form that the client prefers; in text when it has no preference, as curl. */
export function respond(ctx: Context, status: number, forms: Representations): void {
  ctx.status = status;
  ctx.vary('Accept');
  switch (ctx.accepts('text/plain', 'application/json', 'text/html')) {
    case 'application/json':
      ctx.body = forms.json();
      break;
    case 'text/html':
      ctx.type = 'html';
      ctx.body = forms.page().toString();
      break;
    case 'text/plain':
    case false:
      ctx.type = 'text';
      ctx.body = forms.text();
  }
}

export function respondFailure(
  ctx: Context,
  status: number,
  { id, error }: { id: string; error: Failure },
): void {
  askForRetry(ctx, error);
  if (ctx.path.startsWith(API)) {
    ctx.status = status;
    ctx.body = { id, error };
    return;
  }
  respond(ctx, status, {
    text: () => `${textOfFailure(error)}\n`,
    json: () => ({ id, error }),
    page: () => errorPage(status, id, error),
  });
}

/** Says when another try may succeed, and does not wait for the rest of what came too slowly. */
export function askForRetry(ctx: Context, { code }: Failure): void {
  const seconds = RETRY_AFTER_SECONDS[code];
  if (seconds !== undefined) ctx.set('Retry-After', String(seconds));
  if (code === 'upload_timeout') ctx.set('Connection', 'close');
}
