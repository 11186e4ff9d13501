import type { Middleware } from 'koa';

/** Everything from this server, nothing inline; photos are shown from the browser's own memory. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "img-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  // With "no-referrer" browsers send forms with "Origin: null", and no form would pass.
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
};

export const securityHeaders: Middleware = (ctx, next) => {
  ctx.set(HEADERS);
  return next();
};
