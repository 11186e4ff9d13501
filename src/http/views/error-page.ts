import type { Failure } from '../errors.ts';
import { html, type Html } from './html.ts';
import { layout } from './layout.ts';

export function errorPage(status: number, requestId: string, { code, message }: Failure): Html {
  return layout({
    title: `${status} · facefleet`,
    main: html`<section class="notice">
      <p class="eyebrow">${status} · ${code}</p>
      <h1>That did not work</h1>
      <p>${message}</p>
      <p><a class="button" href="/">To the upload page</a></p>
      <p class="fine">Request ${requestId}</p>
    </section>`,
  });
}
