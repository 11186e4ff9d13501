import { isSame, keyOf, type StoredKey } from './api-key.ts';
import type { Role } from './roles.ts';

export interface AccessOptions {
  /** The key that may do everything; `undefined` when none is set. */
  readonly adminKey: string | undefined;
  readonly keys: () => Promise<readonly StoredKey[]>;
}

/** What is known of whoever brings a key, or brings none. */
export type Caller =
  /** `name`: the key's; `id`: what tells it from others of that name. */
  | {
      readonly kind: 'bearer';
      readonly id: string;
      readonly name: string;
      readonly mayAct: boolean;
    }
  /** There is no such key, or it was revoked. */
  | { readonly kind: 'wrong_key' }
  | { readonly kind: 'nobody' };

/** Who may do what. */
export interface Access {
  /** Who brings a key; `mayAct` says whether the key has the role. */
  readonly caller: (key: string | undefined, role: Role) => Promise<Caller>;
  /**
   * Whether the role needs a key. Once there was a key with the role it does for good, also when the
   * last one is revoked: nobody opens a server by revoking a key.
   */
  readonly needsKey: (role: Role) => Promise<boolean>;
}

export function createAccess({ adminKey, keys }: AccessOptions): Access {
  return {
    async caller(key, role) {
      if (key === undefined) return { kind: 'nobody' };
      if (adminKey !== undefined && isSame(key, adminKey)) {
        return { kind: 'bearer', id: 'admin-key', name: 'admin key', mayAct: true };
      }
      const stored = keyOf(key, await keys());
      if (stored === undefined || stored.revokedAt !== undefined) return { kind: 'wrong_key' };
      const { id, name, roles } = stored;
      return {
        kind: 'bearer',
        id,
        name,
        mayAct: roles.some((own) => own === role || own === 'admin'),
      };
    },
    async needsKey(role) {
      // Sending photos stays open beside an admin key: that guards other acts.
      if (role !== 'recognise' && adminKey !== undefined) return true;
      return (await keys()).some(({ roles }) => guards(roles, role));
    },
  };
}

/** A key of people or of admins closes both: an open door to the one would lead to the other. */
const guards = (roles: readonly Role[], role: Role): boolean =>
  role === 'recognise' ? roles.includes('recognise') : roles.some((own) => own !== 'recognise');
