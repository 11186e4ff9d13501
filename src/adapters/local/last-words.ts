import { writeSync } from 'node:fs';
import type { Readable } from 'node:stream';

/** The descriptor on which a worker process may say why it ends; its log goes elsewhere. */
export const LAST_WORDS_FD = 3;

/** Set for a process whose last words somebody hears. */
const HEARD = 'FACEFLEET_LAST_WORDS_HEARD';
export const HEARD_ENVIRONMENT = { [HEARD]: 'yes' };

/** Enough for a sentence. */
const MAX_CHARS = 500;

/** Tells whoever started this process why it ends, if that one listens. */
export function sayLastWords(words: string): void {
  if (process.env[HEARD] === undefined) return;
  try {
    writeSync(LAST_WORDS_FD, words.slice(0, MAX_CHARS));
  } catch {
    // Whoever started it is gone.
  }
}

/** Hears a process's last words, which are whole when its streams are closed. Keeps no process alive. */
export function hearLastWords(stream: Readable & { unref?(): void }): () => string {
  let words = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => (words += chunk));
  stream.on('error', () => undefined);
  stream.unref?.();
  return () => words.trim();
}
