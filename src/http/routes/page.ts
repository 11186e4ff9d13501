import type { RouterMiddleware } from '@koa/router';

import type { Html } from '../views/html.ts';

/** Answers with a page that is the same for everybody; its script asks for what is on it. */
export function pageRoute(page: Html): RouterMiddleware {
  const markup = page.toString();
  return (ctx) => {
    ctx.set('Cache-Control', 'no-cache');
    ctx.type = 'html';
    ctx.body = markup;
  };
}
