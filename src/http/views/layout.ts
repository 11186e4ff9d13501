import { html, type Html } from './html.ts';

interface Page {
  readonly title: string;
  readonly main: Html;
  /** Modules of the page, by their asset names. */
  readonly scripts?: readonly string[];
}

/** The frame of every page. */
export function layout({ title, main, scripts = [] }: Page): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${title}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/style.css" />
        ${scripts.map((name) => html`<script type="module" src="/assets/${name}"></script>`)}
      </head>
      <body>
        <header class="masthead">
          <a class="wordmark" href="/"
            ><img src="/assets/icon.svg" alt="" width="28" height="28" />facefleet</a
          >
        </header>
        <main>${main}</main>
      </body>
    </html> `;
}
