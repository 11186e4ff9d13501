import { megabytes, megapixels, type UploadLimits } from '../limits.ts';
import { cameraDialog } from './camera-dialog.ts';
import { signInDialog } from './dialogs.ts';
import { emptyGalleryHint } from './empty-gallery-hint.ts';
import { faceMark } from './face-mark.ts';
import { html, type Html } from './html.ts';
import { layout } from './layout.ts';

/** The page to drop photos on; a plain form where there is no JavaScript. */
export function uploadPage(limits: UploadLimits): Html {
  return layout({
    title: 'facefleet',
    page: 'photos',
    scripts: ['upload.js'],
    main: html`
      ${uploadForm(limits)} ${emptyGalleryHint({ hidden: true })}
      <ul class="cards" aria-label="Photos"></ul>
      ${resultsTable} ${cameraDialog} ${signInDialog}
      <div class="drop-target" aria-hidden="true"><p class="viewfinder">Drop to recognise</p></div>
      ${templates}
    `,
  });
}

const uploadForm = (limits: UploadLimits): Html => html`
  <form class="upload viewfinder" method="post" enctype="multipart/form-data">
    <div class="intro">
      <h1>Who is in the photo?</h1>
      <p class="lead">
        Choose photos from your device<span class="scripted-only"
          >, drop them anywhere on this page, paste one, or take one with the camera</span
        >.
      </p>
    </div>
    <div class="choose">
      <input id="photos" type="file" name="photo" accept="image/*" multiple required />
      <label class="button scripted-only" for="photos">Choose photos</label>
      <button class="quiet open-camera scripted-only" type="button">Use the camera</button>
      <button class="button plain-form">Recognise</button>
    </div>
    <div class="tally-bar">
      <p class="tally" role="status"></p>
      <button class="quiet retry-all" type="button" hidden>Retry failed</button>
      <button class="quiet clear" type="button">Clear</button>
    </div>
    <progress class="overall" aria-label="All photos" value="0" hidden></progress>
    <p class="fine">
      JPEG, PNG, WebP, GIF, BMP or TIFF, up to ${megabytes(limits.fileBytes)} and
      ${megapixels(limits.pixels)} each
    </p>
  </form>
`;

/** The results of all photos, once they are all there. */
const resultsTable = html`
  <section class="results" aria-labelledby="results-title" hidden>
    <div class="results-head">
      <h2 id="results-title">Results</h2>
      <button class="quiet copy" type="button">Copy the table</button>
      <button class="quiet csv" type="button">Download CSV</button>
      <button class="quiet json" type="button">Download JSON</button>
      <p class="said" role="status"></p>
    </div>
    <div class="table-frame" role="group" aria-label="Table of the results" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Photo</th>
            <th scope="col">Who</th>
            <th scope="col">Similarity</th>
            <th scope="col">Box</th>
          </tr>
        </thead>
        <tbody></tbody>
      </table>
    </div>
  </section>
`;

/** What the script of the page copies. */
const templates = html`
  <template id="photo-card">
    <li class="card">
      <div class="photo">
        <div class="stage"><img alt="" /></div>
        <p class="no-preview-note">No preview of this file</p>
        <progress aria-label="Sent"></progress>
      </div>
      <div class="caption">
        <h2 class="file-name"></h2>
        <p class="status" role="status"></p>
        <ol class="people"></ol>
        <button class="quiet retry" type="button" hidden>Try again</button>
      </div>
    </li>
  </template>
  ${faceMark}
  <template id="result-row">
    <tr>
      <th class="of-photo" scope="row"></th>
      <td class="of-face"></td>
      <td class="of-similarity"></td>
      <td class="of-box"></td>
    </tr>
  </template>
  <template id="person">
    <li class="person"><span class="name"></span><span class="similarity"></span></li>
  </template>
`;
