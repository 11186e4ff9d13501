import { offerCamera } from './camera.ts';
import { find } from './elements.ts';
import { takeChosen, takePhotos } from './given-photos.ts';
import { lanes } from './lanes.ts';
import { PhotoCard } from './photo-card.ts';
import { type Answer, recognise } from './recognise.ts';
import { showResults } from './results.ts';

/** Browsers open six connections to one server; two stay free for the page itself. */
const AT_A_TIME = 4;

const form = find(HTMLFormElement, '.upload');
const input = find(HTMLInputElement, 'input[type=file]', form);
const status = find(HTMLElement, '.tally', form);
const overall = find(HTMLProgressElement, '.overall', form);
const retryAll = find(HTMLButtonElement, '.retry-all', form);
const clear = find(HTMLButtonElement, '.clear', form);
const hint = find(HTMLElement, '.hint');
const cards = find(HTMLElement, '.cards');

const inLanes = lanes(AT_A_TIME);
const shown = new Set<PhotoCard>();
let sending = new AbortController();

function add(photos: Iterable<File>): void {
  for (const photo of photos) {
    const card = new PhotoCard(photo, () => send(card));
    shown.add(card);
    cards.append(card.element);
    send(card);
  }
}

function send(card: PhotoCard): void {
  card.queued();
  const { signal } = sending;
  inLanes(async () => {
    if (signal.aborted) return;
    card.sending(0);
    const onProgress = (fraction: number): void => {
      card.sending(fraction);
      showProgress();
    };
    const answer = await recognise(card.photo, onProgress, signal);
    if (answer === undefined) return;
    card.answered(answer);
    if (isGalleryEmpty(answer)) hint.hidden = false;
    showTally();
  });
  showTally();
}

const isGalleryEmpty = (answer: Answer): boolean =>
  'faces' in answer && answer.faces.some(({ similarity }) => similarity === null);

function showTally(): void {
  const all = [...shown];
  const results = all.flatMap(({ result }) => result ?? []);
  const failed = results.filter(({ answer }) => 'error' in answer).length;
  const photos = all.length === 1 ? '1 photo' : `${all.length} photos`;
  const isUnderWay = results.length < all.length;
  const tally = isUnderWay ? `${results.length} of ${all.length} done` : photos;
  status.textContent = failed === 0 ? tally : `${tally}, ${failed} failed`;

  document.body.classList.toggle('has-photos', all.length > 0);
  cards.classList.toggle('alone', all.length === 1);
  overall.hidden = !isUnderWay;
  retryAll.hidden = isUnderWay || all.filter(({ isRetriable }) => isRetriable).length < 2;
  showResults(isUnderWay ? [] : results);
  showProgress();
}

function showProgress(): void {
  const all = [...shown];
  overall.value = all.reduce((sum, { progress }) => sum + progress, 0) / Math.max(1, all.length);
}

retryAll.addEventListener('click', () => {
  [...shown].filter(({ isRetriable }) => isRetriable).forEach(send);
});

offerCamera(find(HTMLButtonElement, '.open-camera', form), (photo) => add([photo]));

clear.addEventListener('click', () => {
  sending.abort();
  sending = new AbortController();
  shown.forEach((card) => card.remove());
  shown.clear();
  hint.hidden = true;
  showTally();
  input.focus();
});

takeChosen(input, add);
takePhotos(add);

document.documentElement.classList.add('scripted');
