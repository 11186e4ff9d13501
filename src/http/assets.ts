import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join, resolve as resolvePath, sep } from 'node:path';

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

const { resolve } = createRequire(import.meta.url);

/** All that is ever served from disk, by what it is called. */
const FILES: Readonly<Record<string, string>> = {
  'style.css': `${SOURCES}/style.css`,
  'fleet.css': `${SOURCES}/fleet.css`,
  'api.css': `${SOURCES}/api.css`,
  'icon.svg': `${SOURCES}/icon.svg`,
  'uplot.js': resolve('uplot/dist/uPlot.iife.min.js'),
  'uplot.css': resolve('uplot/dist/uPlot.min.css'),
  ...modules(COMPILED),
};

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The pages' files by their names. `npm run build` makes the compiled ones. */
export function loadAssets(): ReadonlyMap<string, Asset> {
  return new Map(Object.entries(FILES).map(([name, file]) => [name, load(file)]));
}

/** The compiled modules of a folder by their paths in it. */
function modules(folder: string): Record<string, string> {
  const names = readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(
    names
      .filter((name) => name.endsWith('.js'))
      .map((name) => [name.replaceAll(sep, '/'), join(folder, name)]),
  );
}

function load(file: string): Asset {
  const body = readFileSync(resolvePath(packageRoot, file));
  return {
    body,
    type: TYPES[extname(file)] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
  };
}
