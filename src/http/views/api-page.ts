import { z } from 'zod';

import { errorsOf } from '../api/openapi.ts';
import type { Operation } from '../api/operation.ts';
import { STATUS_OF_CODE } from '../errors.ts';
import { grouped } from '../grouped.ts';
import { html, type Html } from './html.ts';
import { layout } from './layout.ts';

/** The operations of the JSON API, to be read. */
export function apiPage(operations: readonly Operation[]): Html {
  const groups = grouped(operations, ({ tag }) => tag);
  return layout({
    title: 'The API · facefleet',
    styles: ['api.css'],
    main: html`<article class="api">
      <header class="page-head"><h1>The API</h1></header>
      <p class="api-head">
        JSON over HTTP, below <code>/v1/</code>. Programs read it as
        <a href="/openapi.json">OpenAPI 3.1</a>. Keys go into the header
        <code>Authorization: Bearer …</code>; <code>facefleet keys add</code> makes them.
      </p>
      ${[...groups].map(
        ([tag, members]) =>
          html`<section>
            <h2>${tag}</h2>
            <div class="operations">${members.map(described)}</div>
          </section>`,
      )}
    </article>`,
  });
}

function described(operation: Operation): Html {
  const {
    method,
    path,
    summary,
    role,
    params,
    query,
    headers = {},
    body,
    upload,
    answers,
  } = operation;
  return html`<details>
    <summary>
      <b class="method">${method.toUpperCase()}</b> <code>${path}</code>
      <span>${marked(summary)}</span>
    </summary>
    ${role === undefined ? '' : html`<p>Role: <code>${role}</code></p>`}
    ${listed('Path', descriptionsOf(params))} ${listed('Query', descriptionsOf(query))}
    ${listed('Headers', Object.entries(headers))}
    ${
      body === undefined
        ? ''
        : html`<h3>Body</h3>
            ${schemaOf(body, 'input')}`
    }
    ${
      upload === undefined
        ? ''
        : html`<h3>Body</h3>
            <p>${upload.content.join(', ')}</p>`
    }
    <h3>Answers</h3>
    <dl>
      ${Object.entries(answers).map(
        ([status, { description, json }]) =>
          html`<dt>${status}</dt>
            <dd>${marked(description)}${json === undefined ? '' : schemaOf(json, 'output')}</dd>`,
      )}
    </dl>
    <h3>Errors</h3>
    <p>${errorsOf(operation).map((code) => html`<code>${STATUS_OF_CODE[code]} ${code}</code> `)}</p>
  </details>`;
}

const descriptionsOf = (schema: z.ZodObject | undefined): [string, string][] =>
  Object.entries(schema?.shape ?? {}).map(([name, each]) => [
    name,
    (each as z.ZodType).description ?? '',
  ]);

const listed = (title: string, entries: readonly (readonly [string, string])[]): Html | string =>
  entries.length === 0
    ? ''
    : html`<h3>${title}</h3>
        <dl>
          ${entries.map(
            ([name, description]) =>
              html`<dt><code>${name}</code></dt>
                <dd>${marked(description)}</dd>`,
          )}
        </dl>`;

/** What stands between backticks, as code. */
const marked = (text: string): readonly Html[] =>
  text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));

/** What JSON of this schema looks like: names and types. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Html {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return html`<pre tabindex="0">${JSON.stringify(json, null, 2)}</pre>`;
}
