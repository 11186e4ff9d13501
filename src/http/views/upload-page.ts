import { megabytes, megapixels, type UploadLimits } from '../limits.ts';
import { emptyGalleryHint } from './empty-gallery-hint.ts';
import { html, type Html } from './html.ts';
import { layout } from './layout.ts';

/** The page to drop photos on; a plain form where there is no JavaScript. */
export function uploadPage(limits: UploadLimits): Html {
  return layout({
    title: 'facefleet',
    scripts: ['upload.js'],
    main: html`
      ${uploadForm(limits)} ${emptyGalleryHint({ hidden: true })}
      <ul class="cards" aria-label="Photos"></ul>
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
          >, drop them anywhere on this page, or paste one</span
        >.
      </p>
    </div>
    <div class="choose">
      <input id="photos" type="file" name="photo" accept="image/*" multiple required />
      <label class="button scripted-only" for="photos">Choose photos</label>
      <button class="button plain-form">Recognise</button>
    </div>
    <div class="tally-bar">
      <p class="tally" role="status"></p>
      <button class="clear" type="button">Clear</button>
    </div>
    <p class="fine">
      JPEG, PNG, WebP, GIF, BMP or TIFF, up to ${megabytes(limits.fileBytes)} and
      ${megapixels(limits.pixels)} each
    </p>
  </form>
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
        <button class="retry" type="button" hidden>Try again</button>
      </div>
    </li>
  </template>
  <template id="face-mark">
    <div class="face">
      <span class="label"><span class="number"></span><span class="name"></span></span>
    </div>
  </template>
  <template id="person">
    <li class="person"><span class="name"></span><span class="similarity"></span></li>
  </template>
`;
