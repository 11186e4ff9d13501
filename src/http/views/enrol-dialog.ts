import { cameraDialog } from './camera-dialog.ts';
import { html } from './html.ts';

/** Where photos of one person are enrolled, and the camera for it. */
export const enrolDialog = html`
  <dialog class="dialog enrol" aria-labelledby="enrol-title">
    <h2 id="enrol-title"></h2>
    <form>
      <label class="field"
        >Name
        <input class="enrol-name" list="known-names" maxlength="255" autocomplete="off" required
      /></label>
      <div class="enrol-sources">
        <input id="enrol-photos" class="chooser" type="file" accept="image/*" multiple />
        <label class="quiet" for="enrol-photos">Choose photos</label>
        <button class="quiet open-camera" type="button">Use the camera</button>
        <span class="fine">or drop them here</span>
      </div>
      <ul class="enrolments" aria-label="Photos to enrol"></ul>
      <p class="enrol-said failed" role="alert"></p>
      <div class="dialog-acts">
        <button class="quiet enrol-close" type="button">Close</button>
        <button class="button enrol-submit" disabled>Enrol</button>
      </div>
    </form>
  </dialog>
  ${cameraDialog}
  <template id="enrolment">
    <li class="enrolment">
      <div class="photo">
        <div class="stage"><img alt="" /></div>
        <p class="no-preview-note">No preview</p>
      </div>
      <div>
        <p class="file-name"></p>
        <p class="status" role="status"></p>
        <div class="choices"></div>
      </div>
    </li>
  </template>
  <template id="face-choice"><button class="face-choice" type="button"></button></template>
`;

export const dropTarget = (words: string) =>
  html`<div class="drop-target" aria-hidden="true"><p class="viewfinder">${words}</p></div>`;
