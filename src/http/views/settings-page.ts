import { dialogs } from './dialogs.ts';
import { html, type Html } from './html.ts';
import { layout } from './layout.ts';

/** The page of settings and health checks; its script fills it. */
export function settingsPage(): Html {
  return layout({
    title: 'Settings · facefleet',
    page: 'settings',
    scripts: ['settings/settings.js'],
    main: html`
      <div class="settings-page">
        <header class="page-head"><h1>Settings</h1></header>
        <p class="failure failed" role="alert"></p>
        <section aria-labelledby="checks-title">
          <div class="section-head">
            <h2 id="checks-title">Health</h2>
            <p class="checks-tally tally" role="status"></p>
            <button class="quiet look-again" type="button">Look again</button>
          </div>
          <ul class="checks"></ul>
        </section>
        <section class="settings" aria-labelledby="settings-title" hidden>
          <div class="section-head"><h2 id="settings-title">What is set</h2></div>
          <p class="fine">
            A setting is a flag of <code>facefleet up</code>, an environment variable, or its
            default. It takes effect when the service starts. Programs read all this over the
            <a href="/api">API</a>.
          </p>
          <div class="table-frame" role="group" aria-label="Table of the settings" tabindex="0">
            <table>
              <thead>
                <tr>
                  <th scope="col">Setting</th>
                  <th scope="col">Value</th>
                  <th scope="col">From</th>
                  <th scope="col">Variable</th>
                </tr>
              </thead>
              <tbody></tbody>
            </table>
          </div>
        </section>
      </div>
      <noscript><p class="hint">This page needs JavaScript.</p></noscript>
      ${dialogs} ${templates}
    `,
  });
}

const templates = html`
  <template id="finding">
    <li class="finding">
      <span class="check-status"></span>
      <div>
        <p><strong class="check-name"></strong> <span class="check-message"></span></p>
        <p class="mend fine"></p>
      </div>
    </li>
  </template>
  <template id="setting">
    <tr>
      <th scope="row"><code class="flag"></code><span class="description fine"></span></th>
      <td class="value"></td>
      <td class="source"></td>
      <td><code class="env"></code></td>
    </tr>
  </template>
`;
