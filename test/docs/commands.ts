import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { packageRoot } from '../../src/package-root.ts';

const BLOCK = /^```sh\n([^]*?)^```$/gm;

/** The commands in the blocks for a shell of a part of a page, with their comments. */
export function commandsIn(page: string): string[] {
  return [...page.matchAll(BLOCK)].flatMap(([, block = '']) =>
    block
      .replaceAll(/\\\n\s*/g, '')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#')),
  );
}

export const pageOf = (path: string): string => readFileSync(join(packageRoot, path), 'utf8');

/** From one heading of a page to another. */
export const partOf = (page: string, from: string, to: string): string =>
  page.slice(page.indexOf(`\n${from}\n`), page.indexOf(`\n${to}\n`));
