import { megabytes, megapixels, type UploadLimits } from '../limits.ts';
import { emptyGalleryHint } from './answer-page.ts';
import { html, type Html } from './html.ts';
import { layout } from './layout.ts';

/** The page to drop photos on; a plain form where there is no JavaScript. */
export function uploadPage(limits: UploadLimits): Html {
  return layout({
    title: 'facefleet',
    scripts: ['upload.js'],
    main: html`<form class="upload" method="post" enctype="multipart/form-data">
      <h1>Who is in the photo?</h1>
      <input type="file" name="photo" accept="image/*" multiple required />
      <button>Recognise</button>
      <p class="fine">
        Up to ${megabytes(limits.fileBytes)} and ${megapixels(limits.pixels)} each.
      </p>
      ${emptyGalleryHint}
    </form>`,
  });
}
