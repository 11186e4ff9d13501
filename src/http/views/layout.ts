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
  readonly page?: (typeof NAVIGATION)[number]['page'];
  /** Whether there are no other pages to go to. */
  readonly isAlone?: boolean;
}

const NAVIGATION = [
  { page: 'photos', path: '/', label: 'Photos' },
  { page: 'people', path: '/people', label: 'People' },
  { page: 'requests', path: '/requests', label: 'Requests' },
  { page: 'fleet', path: '/fleet', label: 'Fleet' },
  { page: 'settings', path: '/settings', label: 'Settings' },
] as const;

const navigation = (current: Page['page']): Html => html`
  <nav aria-label="Pages">
    ${NAVIGATION.map(
      ({ page, path, label }) =>
        html`<a href="${path}" aria-current="${page === current ? 'page' : 'false'}">${label}</a>`,
    )}
  </nav>
`;

/** The frame of every page. */
export function layout({
  title,
  main,
  scripts = [],
  libraries = [],
  styles = [],
  page: current,
  isAlone = false,
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
          ${isAlone ? '' : navigation(current)}
        </header>
        <main>${main}</main>
      </body>
    </html> `;
}
