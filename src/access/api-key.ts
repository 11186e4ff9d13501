import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

import { z } from 'zod';

import { ROLES } from './roles.ts';

/** A key as it is stored: all but the key. */
export const storedKey = z.object({
  /** Stands in the key itself, so that whoever has one knows which it is. */
  id: z.string(),
  name: z.string(),
  roles: z.array(z.enum(ROLES)),
  /** SHA-256 of the key, hex. A key is 192 random bits: no slower hash would make it harder to guess. */
  sha256: z.string(),
  /** Milliseconds since the Unix epoch. */
  createdAt: z.number(),
  /** Likewise; absent while the key is good. */
  revokedAt: z.number().optional(),
});

export type StoredKey = z.infer<typeof storedKey>;

/** `ff_` makes a key that leaked into a log or a repository easy to find. */
const FORM = /^ff_(?<id>[\da-f]{8})_[\w-]{32}$/;

/** A fresh key, which is told once, and what is stored of it. */
export function newKey({ name, roles }: Pick<StoredKey, 'name' | 'roles'>, createdAt: number) {
  const id = randomBytes(4).toString('hex');
  const key = `ff_${id}_${randomBytes(24).toString('base64url')}`;
  const stored: StoredKey = { id, name, roles, sha256: sha256(key).toString('hex'), createdAt };
  return { key, stored };
}

/** The stored key that a text is, good or revoked. Takes the same time wherever the texts differ. */
export function keyOf(text: string, keys: readonly StoredKey[]): StoredKey | undefined {
  const id = FORM.exec(text)?.groups?.['id'];
  const hash = sha256(text);
  return keys.find(
    (stored) => stored.id === id && timingSafeEqual(Buffer.from(stored.sha256, 'hex'), hash),
  );
}

/** Whether two texts are the same; takes the same time wherever they differ. */
export const isSame = (one: string, other: string): boolean =>
  timingSafeEqual(sha256(one), sha256(other));

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
