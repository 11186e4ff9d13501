import { dialogs } from './dialogs.ts';
import { dropTarget, enrolDialog } from './enrol-dialog.ts';
import { html, type Html } from './html.ts';
import { layout } from './layout.ts';

/** The page of one person; its script fills it. */
export function personPage(): Html {
  return layout({
    title: 'Person · facefleet',
    page: 'people',
    scripts: ['people/person.js'],
    main: html`
      <div class="person-page is-loading">
        <p class="crumbs"><a href="/people">People</a></p>
        <header class="page-head">
          <h1 tabindex="-1"></h1>
          <p class="tally" role="status"></p>
          <div class="page-acts">
            <button class="button small add-photos" type="button">Add photos</button>
            <button class="quiet rename" type="button">Rename</button>
            <button class="quiet merge" type="button">Merge</button>
            <button class="quiet erase" type="button">Erase</button>
          </div>
        </header>
        <p class="failure failed" role="alert"></p>
        <p class="person-said" role="status"></p>
        <section class="empty-state viewfinder" hidden>
          <h2>No photos yet</h2>
          <p>Without a photo nobody can be recognised. Drop one here, or take one.</p>
          <button class="button add-photos" type="button">Add photos</button>
        </section>
        <div class="selection" role="group" aria-label="Selected photos" hidden>
          <p class="selected-count" role="status"></p>
          <button class="quiet split" type="button">They are somebody else</button>
          <button class="quiet erase-faces" type="button">Erase them</button>
        </div>
        <ul class="faces" aria-label="Photos"></ul>
      </div>
      <noscript><p class="hint">This page needs JavaScript.</p></noscript>
      ${enrolDialog} ${dialogs} ${dropTarget('Drop more photos')}
      <dialog class="dialog whole-photo" aria-label="The whole photo">
        <img alt="The photo that was enrolled" />
        <form class="dialog-acts" method="dialog"><button class="quiet">Close</button></form>
      </dialog>
      <template id="face">
        <li class="face-card">
          <button class="portrait" type="button"><img loading="lazy" /></button>
          <input type="checkbox" />
        </li>
      </template>
    `,
  });
}
