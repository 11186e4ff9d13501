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
      <h1>The API</h1>
      <p>
        JSON over HTTP, below <code>/v1/</code>. Programs read it as
        <a href="/openapi.json">OpenAPI 3.1</a>. Keys go into the header
        <code>Authorization: Bearer …</code>; <code>facefleet keys add</code> makes them.
      </p>
      ${[...groups].map(
        ([tag, members]) =>
          html`<section>
            <h2>${tag}</h2>
            ${members.map(described)}
          </section>`,
      )}
    </article>`,
  });
}

function described(operation: Operation): Html {
  const { method, path, summary, role, query, body, upload, answers } = operation;
  return html`<details>
    <summary><b>${method.toUpperCase()}</b> <code>${path}</code> <span>${summary}</span></summary>
    ${role === undefined ? '' : html`<p>Role: <code>${role}</code></p>`}
    ${
      query === undefined
        ? ''
        : html`<h3>Query</h3>
            <dl>
              ${Object.entries(query.shape).map(
                ([name, schema]) =>
                  html`<dt><code>${name}</code></dt>
                    <dd>${(schema as z.ZodType).description ?? ''}</dd>`,
              )}
            </dl>`
    }
    ${
      body === undefined
        ? ''
        : html`<h3>Body</h3>
            <pre tabindex="0">${schemaText(body, 'input')}</pre>`
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
            <dd>
              ${description}${
                json === undefined
                  ? ''
                  : html`<pre tabindex="0">${schemaText(json, 'output')}</pre>`
              }
            </dd>`,
      )}
    </dl>
    <h3>Errors</h3>
    <p>${errorsOf(operation).map((code) => html`<code>${STATUS_OF_CODE[code]} ${code}</code> `)}</p>
  </details>`;
}

/** What JSON of this schema looks like: names and types. */
function schemaText(schema: z.ZodType, io: 'input' | 'output'): string {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return JSON.stringify(json, null, 2);
}
