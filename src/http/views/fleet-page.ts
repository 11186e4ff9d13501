import { html, type Html } from './html.ts';
import { laboratoryForm } from './laboratory-form.ts';
import { layout } from './layout.ts';

/** The page to watch a fleet on, and to rewind it. Its script fills it. */
export function fleetPage({ isAlone }: { readonly isAlone: boolean }): Html {
  return layout({
    title: 'Fleet · facefleet',
    page: 'fleet',
    isAlone,
    libraries: ['uplot.js'],
    scripts: ['fleet/fleet.js'],
    styles: ['uplot.css', 'fleet.css'],
    main: html`
      <div class="fleet" data-mode="live">
        ${head} ${laboratoryForm} ${charts} ${timeline} ${decisions} ${transport}
      </div>
      <noscript><p class="hint">This page needs JavaScript.</p></noscript>
      ${templates}
    `,
  });
}

const head = html`
  <header class="fleet-head">
    <h1>Fleet</h1>
    <p class="badge" role="status"></p>
    <p class="now"></p>
    <button class="enter-laboratory" type="button">Laboratory</button>
    <button class="leave-laboratory" type="button">Leave the laboratory</button>
  </header>
  <p class="hint notice-line" role="alert" hidden></p>
`;

const MACHINES = ['instance', 'controller', 'worker', 'request'];

const charts = html`
  <section class="panel charts" aria-label="State machines">
    <div class="chart-head">
      <div class="tabs" role="tablist" aria-label="Machine">
        ${MACHINES.map(
          (machine, index) =>
            html`<button
              class="tab"
              role="tab"
              type="button"
              data-machine="${machine}"
              aria-controls="chart"
              aria-selected="${index === 0 ? 'true' : 'false'}"
            >
              ${machine}
            </button>`,
        )}
      </div>
      <span class="exports"
        >Save as <a class="save-svg" download>SVG</a> <a class="save-mermaid" download>Mermaid</a>
        <a class="save-scxml" download>SCXML</a>
        <button class="save-chart-png link" type="button">PNG</button></span
      >
    </div>
    <div class="chart-stage" id="chart" role="tabpanel" aria-label="Statechart" tabindex="0"></div>
    <p class="chart-caption fine"></p>
  </section>
`;

const timeline = html`
  <section class="panel timeline" aria-label="Timeline">
    <div class="panel-head">
      <h2>Timeline</h2>
      <span class="zoom">
        <button class="zoom-out" type="button" title="Show more time (−)">−</button>
        <span class="span-shown fine"></span>
        <button class="zoom-in" type="button" title="Show less time (+)">+</button>
      </span>
    </div>
    <ul class="legend">
      <li class="key messages">photos that arrive a second</li>
    </ul>
    <div class="plot arrivals-plot"></div>
    <ul class="legend">
      <li class="key p50">time to the answer, of half of the photos</li>
      <li class="key p95">of 95 %</li>
    </ul>
    <div class="plot latency-plot"></div>
    <ul class="legend">
      <li class="key messages">messages</li>
      <li class="key active">instances active</li>
      <li class="key running">running</li>
      <li class="key cap">cap</li>
    </ul>
    <div class="plot fleet-plot"></div>
    <canvas class="gantt" aria-label="The life of every instance"></canvas>
    <ul class="legend states">
      <li class="key state-pending">pending</li>
      <li class="key state-running">running, idle</li>
      <li class="key state-busy">busy</li>
      <li class="key state-stopping">draining, stopping</li>
      <li class="key state-stopped">stopped</li>
      <li class="key state-trouble">stuck, silent or overdue</li>
      <li class="key tick">a photo finished</li>
    </ul>
    <p class="exports">
      Save what is shown as <button class="save-lines link" type="button">JSON lines</button>
      <button class="save-timeline-png link" type="button">PNG</button>
    </p>
  </section>
`;

const decisions = html`
  <section class="panel decisions" aria-label="Decisions">
    <div class="panel-head">
      <h2>Decisions</h2>
      <label class="fine"><input class="all-decisions" type="checkbox" /> also those to wait</label>
    </div>
    <ol class="decision-list"></ol>
    <p class="empty fine">Nothing was started or stopped yet.</p>
  </section>
`;

const icon = (path: string, name = ''): Html =>
  html`<svg class="icon ${name}" viewBox="0 0 18 18" width="18" height="18" aria-hidden="true">
    <path d="${path}" />
  </svg>`;

const transport = html`
  <section class="transport" aria-label="Rewind">
    <button class="previous" type="button" title="The decision before (←)">
      ${icon('M5 4v10M14 4 7 9l7 5z')}
    </button>
    <button class="play" type="button" title="Play or pause (Space)">
      ${icon('M6 3.5 14 9l-8 5.5z', 'icon-play')} ${icon('M6 4v10M12 4v10', 'icon-pause')}
    </button>
    <button class="next" type="button" title="The decision after (→)">
      ${icon('M13 4v10M4 4l7 5-7 5z')}
    </button>
    <select class="speed" aria-label="Speed">
      ${[1, 10, 60, 100, 1000].map((speed) => html`<option value="${speed}">${speed}×</option>`)}
    </select>
    <div class="scrubber">
      <canvas aria-hidden="true"></canvas>
      <input type="range" min="0" max="1" step="any" value="1" aria-label="Moment" />
    </div>
    <time class="moment"></time>
    <button class="copy-link" type="button" title="Copy a link to this moment">Link</button>
    <button class="to-live" type="button" title="Back to now (L)">Live <kbd>L</kbd></button>
  </section>
`;

/** What the script of the page copies. */
const templates = html`
  <template id="decision">
    <li class="decision">
      <button type="button">
        <span class="at"></span>
        <span class="reason"></span>
        <span class="policy"></span>
        <span class="started"></span>
        <span class="stopped"></span>
      </button>
      <div class="detail"></div>
    </li>
  </template>
  <template id="decision-detail">
    <div>
      <p class="ids"></p>
      <h3>What each policy would have decided</h3>
      <dl class="policies"></dl>
      <h3>What the policy saw</h3>
      <dl class="inputs"></dl>
    </div>
  </template>
`;
