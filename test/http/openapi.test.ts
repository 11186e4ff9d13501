import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Router } from '@koa/router';
import type Koa from 'koa';
import { expect, it } from 'vitest';

import { packageRoot } from '../../src/package-root.ts';
import { serve } from './serve.ts';

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

interface OperationObject {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, unknown>>;
}

const documentOf = async (url: string): Promise<Document> =>
  (await (await fetch(`${url}/openapi.json`)).json()) as Document;

it('/openapi.json describes every operation once, and refers to nothing that is not there', async () => {
  const { url } = await serve();
  const document = await documentOf(url);
  expect(document.openapi).toBe('3.1.0');
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
  expect(operations.length).toBeGreaterThan(20);
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  const text = JSON.stringify(document);
  const references = [...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name);
  expect(new Set(references)).toEqual(new Set(Object.keys(document.components.schemas)));
  expect(text).not.toContain('$defs');
});

it('/openapi.json tells of conditions, filters and errors', async () => {
  const { url } = await serve();
  const { paths } = await documentOf(url);
  const rename = paths['/v1/people/{id}']?.['patch'];
  expect(rename?.parameters).toMatchObject([
    { name: 'id', in: 'path', required: true },
    { name: 'If-Match', in: 'header' },
  ]);
  expect(Object.keys(rename?.responses ?? {})).toEqual(
    expect.arrayContaining(['200', '400', '401', '403', '404', '409', '412', '422', '429', '500']),
  );
  const list = paths['/v1/requests']?.['get'];
  expect(list?.parameters).toMatchObject(
    ['search', 'outcome', 'since', 'until', 'limit', 'after', 'If-None-Match'].map((name) => ({
      name,
    })),
  );
});

/** What the router answers, as the document writes it: `get /v1/people/{id}`. */
function routesOf(app: Koa): string[] {
  const routers = app.middleware.flatMap((middleware) =>
    'router' in middleware ? [middleware.router as Router] : [],
  );
  return routers.flatMap(({ stack }) =>
    stack.flatMap(({ methods, path }) =>
      methods
        .filter((method) => method !== 'HEAD')
        .map((method) => `${method.toLowerCase()} ${String(path).replaceAll(/:(\w+)/g, '{$1}')}`),
    ),
  );
}

it('/openapi.json has every address below /v1/, and no other', async () => {
  const { app, url } = await serve();
  const routes = routesOf(app).filter((route) => route.includes(' /v1/'));
  const documented = Object.entries((await documentOf(url)).paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect(documented.length).toBeGreaterThan(20);
  expect(documented.toSorted()).toEqual(routes.toSorted());
});

it('docs/http.md names every address', async () => {
  const { app } = await serve();
  const page = await readFile(join(packageRoot, 'docs/http.md'), 'utf8');
  const missing = routesOf(app)
    .map((route) => route.replace(/^\w+ /, '').replace(/\*\w+$/, '…'))
    .filter((path) => !page.includes(path));
  expect(missing).toEqual([]);
});

it('GET /api is the document for people, and asks no other host', async () => {
  const { url } = await serve();
  const page = await (await fetch(`${url}/api`, { headers: { Accept: 'text/html' } })).text();
  for (const path of Object.keys((await documentOf(url)).paths)) {
    expect(page).toContain(`<code>${path}</code>`);
  }
  expect(page).not.toMatch(/(?:src|href)="https?:/);
});
