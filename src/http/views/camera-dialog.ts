import { html } from './html.ts';

/** Where photos are taken with the camera. */
export const cameraDialog = html`
  <dialog class="camera" aria-labelledby="camera-title">
    <h2 id="camera-title">Camera</h2>
    <video playsinline muted aria-label="What the camera sees" hidden></video>
    <p class="camera-message" role="status"></p>
    <div class="camera-acts">
      <button class="quiet close" type="button">Close</button>
      <button class="button shoot" type="button">Take a photo</button>
    </div>
  </dialog>
`;
