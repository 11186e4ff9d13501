import { setMaxListeners } from 'node:events';

import type { Context } from 'koa';

/** Aborts when the client closes its connection before it is answered. */
export function clientGone(ctx: Context): AbortSignal {
  const gone = new AbortController();
  // Every photo of the request listens, and Node takes more than ten listeners for a leak.
  setMaxListeners(0, gone.signal);
  ctx.res.once('close', () => {
    if (!ctx.res.writableFinished) gone.abort();
  });
  return gone.signal;
}
