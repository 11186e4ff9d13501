import { UNKNOWN } from '../recognition/gallery.ts';

/** What answers say instead of a name; a person of that name could not be told from nobody. */
const RESERVED_NAMES: ReadonlySet<string> = new Set([UNKNOWN, 'no_face']);

/** In UTF-16 code units; a folder's name is never longer. */
const MAX_LENGTH = 255;

/** Control characters, line and paragraph separators, halves of characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

/** Why nobody can have this name, as a code and a sentence; `undefined` when somebody can. */
export function nameFault(name: string): { code: string; reason: string } | undefined {
  if (RESERVED_NAMES.has(name)) {
    return {
      code: 'reserved_name',
      reason: `"${name}" is what answers say of nobody: give the person another name.`,
    };
  }
  const isWritable = name.trim() !== '' && name.length <= MAX_LENGTH && !UNPRINTABLE.test(name);
  if (isWritable) return undefined;
  return {
    code: 'invalid_name',
    reason: `A name has 1 to ${MAX_LENGTH} characters, all of which can be seen.`,
  };
}
