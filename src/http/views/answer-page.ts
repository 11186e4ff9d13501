import type { RecognisedFace } from '../../bus/messages.ts';
import type { Answer } from '../answer.ts';
import type { Failure } from '../errors.ts';
import { emptyGalleryHint } from './empty-gallery-hint.ts';
import { html, type Html } from './html.ts';
import { layout } from './layout.ts';

/** The answer to a form that was sent without JavaScript. */
export function answerPage(answers: readonly Answer[]): Html {
  return layout({
    title: 'Who is in the photo? · facefleet',
    main: html`<section class="answers">
      <h1>Who is in the photo?</h1>
      ${isGalleryEmpty(answers) ? emptyGalleryHint({ hidden: false }) : ''}
      <ul class="cards">
        ${answers.map(card)}
      </ul>
      <p><a class="button" href="/">Recognise more photos</a></p>
    </section>`,
  });
}

const isGalleryEmpty = (answers: readonly Answer[]): boolean =>
  answers.some(({ outcome }) => 'gallerySize' in outcome && outcome.gallerySize === 0);

function card({ fileName, outcome }: Answer): Html {
  return html`<li class="card">
    <div class="caption">
      <h2 class="file-name">${fileName}</h2>
      ${'error' in outcome ? failed(outcome.error) : found(outcome.faces)}
    </div>
  </li>`;
}

const failed = ({ message }: Failure): Html => html`<p class="status failed">${message}</p>`;

const found = (faces: readonly RecognisedFace[]): Html =>
  html`<p class="status">${summaryOf(faces.length)}</p>
    <ol class="people">
      ${faces.map(person)}
    </ol>`;

function summaryOf(faces: number): string {
  if (faces === 0) return 'No face found';
  return faces === 1 ? '1 face' : `${faces} faces`;
}

function person({ name, similarity }: RecognisedFace): Html {
  return html`<li class="${name === 'unknown' ? 'person unknown' : 'person'}">
    <span class="name">${name}</span>
    ${similarity === null ? '' : html`<span class="similarity">${similarity.toFixed(2)}</span>`}
  </li>`;
}
