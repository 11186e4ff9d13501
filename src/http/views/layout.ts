import { html, type Html } from './html.ts';

interface Page {
  readonly title: string;
  readonly main: Html;
  /** Modules of the page, by their asset names. */
  readonly scripts?: readonly string[];
  /** What the modules need and is none: libraries that make a global name. */
  readonly libraries?: readonly string[];
  /** Style sheets besides the one of every page. */
  readonly styles?: readonly string[];
  /** Which of the pages in the head it is. */
  readonly page?: 'photos' | 'fleet';
}

const NAVIGATION = [
  { page: 'photos', path: '/', label: 'Photos' },
  { page: 'fleet', path: '/fleet', label: 'Fleet' },
] as const;

/** The frame of every page. */
export function layout({
  title,
  main,
  scripts = [],
  libraries = [],
  styles = [],
  page: current,
}: Page): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${title}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/style.css" />
        ${styles.map((name) => html`<link rel="stylesheet" href="/assets/${name}" />`)}
        ${libraries.map((name) => html`<script defer src="/assets/${name}"></script>`)}
        ${scripts.map((name) => html`<script type="module" src="/assets/${name}"></script>`)}
      </head>
      <body>
        <header class="masthead">
          <a class="wordmark" href="/"
            ><img src="/assets/icon.svg" alt="" width="28" height="28" />facefleet</a
          >
          <nav>
            ${NAVIGATION.map(
              ({ page, path, label }) =>
                html`<a href="${path}" aria-current="${page === current ? 'page' : 'false'}"
                  >${label}</a
                >`,
            )}
          </nav>
        </header>
        <main>${main}</main>
      </body>
    </html> `;
}
