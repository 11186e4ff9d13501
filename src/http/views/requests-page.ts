import { dialogs } from './dialogs.ts';
import { faceMark } from './face-mark.ts';
import { html, type Html } from './html.ts';
import { layout } from './layout.ts';

const OUTCOMES = {
  '': 'Every outcome',
  recognised: 'Somebody known',
  unknown: 'Nobody known',
  no_face: 'No face',
  failed: 'Failed',
  pending: 'Under way',
};

/** In minutes. */
const AGES = [
  ['', 'Any time'],
  ['15', 'Last 15 minutes'],
  ['60', 'Last hour'],
  ['1440', 'Last day'],
] as const;

/** The page of the latest requests; its script fills it. */
export function requestsPage(): Html {
  return layout({
    title: 'Requests · facefleet',
    page: 'requests',
    scripts: ['requests/requests.js'],
    main: html`
      <div class="requests-page">
        <header class="page-head">
          <h1>Requests</h1>
          <p class="tally" role="status"></p>
          <div class="page-acts filters" role="group" aria-label="Filters" hidden>
            <input
              class="search"
              type="search"
              placeholder="File or name"
              aria-label="Search by file or name"
            />
            <select class="outcome-filter" aria-label="Outcome">
              ${Object.entries(OUTCOMES).map(
                ([value, words]) => html`<option value="${value}">${words}</option>`,
              )}
            </select>
            <select class="age-filter" aria-label="Time">
              ${AGES.map(([value, words]) => html`<option value="${value}">${words}</option>`)}
            </select>
          </div>
        </header>
        <p class="failure failed" role="alert"></p>
        ${emptyState}
        <ul class="requests" aria-label="Requests, latest first"></ul>
        <button class="quiet show-more" type="button" hidden>Show more</button>
      </div>
      <noscript><p class="hint">This page needs JavaScript.</p></noscript>
      ${dialogs} ${templates}
    `,
  });
}

const emptyState = html`
  <section class="empty-state viewfinder" hidden>
    <h2>No photo was sent yet</h2>
    <p>
      The latest 5,000 photos are listed here, with their ways, their faces and who looks most like
      them.
    </p>
    <a class="button" href="/">Recognise a photo</a>
    <p class="fine">Or from a terminal: <code>curl -F photo=@me.jpg …</code></p>
  </section>
`;

const templates = html`
  <template id="request">
    <li class="request">
      <details>
        <summary>
          <time></time>
          <span class="file-name"></span>
          <span class="outcome"></span>
          <span class="took"></span>
        </summary>
        <div class="request-detail">
          <div class="photo">
            <div class="stage"><img alt="The photo" /></div>
            <p class="no-preview-note"></p>
          </div>
          <div>
            <ol class="found-faces" aria-label="Faces"></ol>
            <ul class="stages" aria-label="Stages"></ul>
            <p class="fine">
              <span class="received"></span><br />
              Request <code class="request-id"></code>
            </p>
            <p class="request-acts">
              <button class="quiet retry" type="button">Recognise again</button>
              <span class="request-said" role="status"></span>
            </p>
          </div>
        </div>
      </details>
    </li>
  </template>
  <template id="found-face">
    <li class="found-face">
      <span class="person"><span class="name"></span><span class="similarity"></span></span>
      <button class="quiet this-is" type="button">This is …</button>
      <span class="nearest fine"></span>
    </li>
  </template>
  ${faceMark}
`;
