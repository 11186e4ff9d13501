import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

import { packageRoot } from '../package-root.ts';

/** A file of the pages, held in memory. */
export interface Asset {
  readonly body: Buffer;
  /** MIME type. */
  readonly type: string;
  readonly etag: string;
}

const SOURCES = 'src/http/pages';
const COMPILED = 'dist/src/http/pages';

/** All that is ever served from disk. */
const FILES: readonly string[] = [
  `${SOURCES}/style.css`,
  `${SOURCES}/icon.svg`,
  ...[
    'upload',
    'photo-card',
    'face-marks',
    'recognise',
    'lanes',
    'elements',
    'camera',
    'results',
    'result-rows',
  ].map((module) => `${COMPILED}/${module}.js`),
];

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The pages' files by their names. `npm run build` makes the compiled ones. */
export function loadAssets(): ReadonlyMap<string, Asset> {
  return new Map(FILES.map((file) => [file.slice(file.lastIndexOf('/') + 1), load(file)]));
}

function load(file: string): Asset {
  const body = readFileSync(join(packageRoot, file));
  return {
    body,
    type: TYPES[extname(file)] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
  };
}
