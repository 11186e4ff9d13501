import { createHash, timingSafeEqual } from 'node:crypto';

import type { Middleware } from 'koa';

import { HttpError } from '../errors.ts';

export interface AdminAccess {
  /** What admin acts need as a bearer token; `undefined` when none is set. */
  readonly key: string | undefined;
  /** Whether the server listens on this machine only. */
  readonly isLoopback: boolean;
}

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/**
 * Lets admin acts pass with the admin key. Where none is set, they pass on a server that only this
 * machine reaches, when the Host is this machine's too: a name of another site that was made to point
 * here (DNS rebinding) is not.
 */
export function adminOnly({ key, isLoopback }: AdminAccess): Middleware {
  return (ctx, next) => {
    if (key !== undefined) {
      if (isSame(ctx.get('Authorization'), `Bearer ${key}`)) return next();
      ctx.set('WWW-Authenticate', 'Bearer');
      throw new HttpError(
        'admin_key_needed',
        'This needs the admin key: Authorization: Bearer <FACEFLEET_ADMIN_KEY>.',
      );
    }
    if (isLoopback && LOOPBACK_HOST.test(ctx.host)) return next();
    throw new HttpError(
      'admin_only',
      'This is only for the machine that the server runs on. Set FACEFLEET_ADMIN_KEY to do it from elsewhere.',
    );
  };
}

/** Takes the same time wherever the texts differ. */
const isSame = (a: string, b: string): boolean => timingSafeEqual(sha256(a), sha256(b));

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
