import { dialogs } from './dialogs.ts';
import { dropTarget, enrolDialog } from './enrol-dialog.ts';
import { html, type Html } from './html.ts';
import { layout } from './layout.ts';

/** The page of all people; its script fills it. */
export function peoplePage(): Html {
  return layout({
    title: 'People · facefleet',
    page: 'people',
    scripts: ['people/people.js'],
    main: html`
      <div class="people-page">
        <header class="page-head">
          <h1>People</h1>
          <p class="tally" role="status"></p>
          <div class="page-acts">
            <input class="search" type="search" placeholder="Search" aria-label="Search by name" />
            <button class="button small add-person" type="button">Add somebody</button>
            <input id="import" class="chooser" type="file" accept=".zip,application/zip" />
            <label class="quiet" for="import">Import</label>
            <button class="quiet export" type="button">Export</button>
          </div>
        </header>
        <p class="failure failed" role="alert"></p>
        <p class="exchange-said" role="status"></p>
        ${emptyState}
        <ul class="faces" aria-label="People"></ul>
        <button class="quiet show-more" type="button" hidden>Show more</button>
      </div>
      <noscript><p class="hint">This page needs JavaScript.</p></noscript>
      ${enrolDialog} ${dialogs} ${dropTarget('Drop photos of one person, or a zip of many')}
      <template id="person-card">
        <li>
          <a class="person-card" href="#">
            <span class="portrait"><img alt="" loading="lazy" /></span>
            <span class="name"></span>
            <span class="count fine"></span>
          </a>
        </li>
      </template>
    `,
  });
}

const emptyState = html`
  <section class="empty-state viewfinder" hidden>
    <h2>Nobody is enrolled yet</h2>
    <p>
      Drop photos of somebody here, or take one with the camera, and say who it is. Two or three
      photos that show the face from the front serve best.
    </p>
    <button class="button add-person" type="button">Add somebody</button>
    <p class="fine">
      Many at once, a folder of photos a person: import a zip of them, or
      <code>npx facefleet enroll DIR</code>
    </p>
  </section>
`;
