import type { Context, Middleware } from 'koa';

import type { Role } from '../api/operation.ts';
import { HttpError } from '../errors.ts';
import { RateLimit } from '../rate-limit.ts';

/** Who brings a key; see `access/access.ts`. */
type Caller =
  | {
      readonly kind: 'bearer';
      readonly id: string;
      readonly name: string;
      readonly mayAct: boolean;
    }
  | { readonly kind: 'wrong_key' }
  | { readonly kind: 'nobody' };

export interface AccessControl {
  readonly caller: (key: string | undefined, role: Role) => Promise<Caller>;
  /** Whether the role needs a key, or else this machine alone. */
  readonly needsKey: (role: Role) => Promise<boolean>;
  /** Whether the server listens on this machine only. */
  readonly isLoopback: boolean;
}

declare module 'koa' {
  interface DefaultState {
    /** Whose key the request brought; undefined when it needed none. */
    caller?: string;
    /** Looks again whether the caller may go on, for acts that take their time. @throws HttpError */
    checkAccess?: () => Promise<void>;
  }
}

/** What one key, or one address without a key, may ask of the API: far more than pages do. */
const REQUESTS = { burst: 1000, perSecond: 100 };

/** Wrong keys from one address: many clients may share it behind a proxy, and good keys pass all the same. */
const WRONG_KEYS = { burst: 20, perSecond: 0.2 };

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/**
 * Lets those pass who may act in a role. Where a role needs no key, `recognise` is everybody's, and the
 * others are for a server that only this machine reaches, when the Host is this machine's too: a name of
 * another site that was made to point here (DNS rebinding) is not.
 */
export function createGuard(access: AccessControl): (role: Role) => Middleware {
  const requests = new RateLimit(REQUESTS);
  const wrongKeys = new RateLimit(WRONG_KEYS);

  async function check(ctx: Context, role: Role): Promise<string | undefined> {
    const caller = await access.caller(bearerOf(ctx), role);
    if (caller.kind === 'bearer') {
      if (!caller.mayAct) throw roleNeeded(role);
      ctx.state.caller = caller.name;
      return caller.id;
    }
    if (!(await access.needsKey(role))) {
      if (role !== 'recognise' && !isThisMachine(ctx)) throw adminOnly();
      return undefined;
    }
    if (caller.kind === 'wrong_key') wrongKeys.take(ctx.ip);
    ctx.set('WWW-Authenticate', 'Bearer');
    throw keyNeeded(role);
  }

  const isThisMachine = (ctx: Context): boolean =>
    access.isLoopback && LOOPBACK_HOST.test(ctx.host);

  return (role) => async (ctx, next) => {
    const keyId = await check(ctx, role);
    // Uploads without a key have limits of their own, by what they hold of the server.
    if (role !== 'recognise' || keyId !== undefined) requests.take(keyId ?? ctx.ip);
    ctx.state.checkAccess = async () => {
      await check(ctx, role);
    };
    await next();
  };
}

const bearerOf = (ctx: Context): string | undefined =>
  /^Bearer +(\S+)$/i.exec(ctx.get('Authorization'))?.[1];

const keyNeeded = (role: Role): HttpError =>
  new HttpError(
    'key_needed',
    `This needs a key that is good, with the role ${role}: Authorization: Bearer <key>.`,
  );

const roleNeeded = (role: Role): HttpError =>
  new HttpError('role_needed', `The key is good, but not for this: it has not the role ${role}.`);

const adminOnly = (): HttpError =>
  new HttpError(
    'admin_only',
    'This is only for the machine that the server runs on. Make a key with facefleet keys add, or set FACEFLEET_ADMIN_KEY, to do it from elsewhere.',
  );
