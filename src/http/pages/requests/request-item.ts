import { showPicture, wordsOf } from '../api.ts';
import { copyOf, find } from '../elements.ts';
import { faceMarks, numberWhereCrowded } from '../face-marks.ts';
import { askForName } from '../question.ts';
import { nameFace } from './naming.ts';
import { type Face, type RequestRecord, retryRequest } from './records.ts';
import { inMs, stageLines } from './stages.ts';

const TIME = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeStyle: 'medium' });

/** One request in the list: what came of it, and when it is opened, all that is known of it. */
export class RequestItem {
  readonly element = copyOf('#request');
  readonly #details = find(HTMLDetailsElement, 'details', this.element);
  readonly #said = find(HTMLElement, '.request-said', this.element);
  readonly #onRetry: () => void;
  #record: RequestRecord;
  #isFilled = false;

  /** @param onRetry - hears that there is another request now */
  constructor(record: RequestRecord, onRetry: () => void) {
    this.#record = record;
    this.#onRetry = onRetry;
    this.#details.addEventListener('toggle', () => this.#fill());
    this.#listen('.retry', async () => {
      this.#said.textContent = 'Sending …';
      await retryRequest(record.id);
      this.#said.textContent = 'Sent again: see the newest request.';
      this.#onRetry();
    });
    this.#tell();
  }

  /** Shows it as it is now. */
  update(record: RequestRecord): void {
    if (JSON.stringify(record) === JSON.stringify(this.#record)) return;
    this.#record = record;
    this.#isFilled = false;
    this.#tell();
    this.#fill();
  }

  #tell(): void {
    const { fileName, receivedAt, answeredAt, status } = this.#record;
    const time = find(HTMLTimeElement, 'time', this.element);
    time.textContent = receivedAt === undefined ? '' : shortTime(receivedAt);
    time.title = receivedAt === undefined ? '' : DATE.format(receivedAt);
    find(HTMLElement, '.file-name', this.element).textContent = fileName;
    const outcome = find(HTMLElement, '.outcome', this.element);
    outcome.textContent = outcomeOf(this.#record);
    outcome.classList.toggle('failed', status === 'failed');
    find(HTMLElement, '.took', this.element).textContent =
      receivedAt === undefined || answeredAt === undefined ? '' : inMs(answeredAt - receivedAt);
    this.element.dataset['status'] = status;
  }

  /** Fills in the details, once they are looked at. */
  #fill(): void {
    if (!this.#details.open || this.#isFilled) return;
    this.#isFilled = true;
    const { id, receivedAt, stages = {}, faces = [], photo, status } = this.#record;
    find(HTMLElement, '.received', this.element).textContent =
      receivedAt === undefined ? '' : DATE.format(receivedAt);
    find(HTMLElement, '.request-id', this.element).textContent = id;
    find(HTMLElement, '.stages', this.element).replaceChildren(...stageLines(stages));
    find(HTMLElement, '.retry', this.element).hidden = photo === undefined || status === 'pending';
    find(HTMLElement, '.no-preview-note', this.element).textContent =
      photo === undefined ? 'The photo was not stored.' : 'No preview of this photo.';
    find(HTMLElement, '.found-faces', this.element).replaceChildren(
      ...faces.map((face, index) => this.#faceOf(face, index)),
    );
    const isShown = photo !== undefined;
    this.element.classList.toggle('no-preview', !isShown);
    if (isShown) void this.#showPhoto(photo, faces);
  }

  async #showPhoto(photo: string, faces: readonly Face[]): Promise<void> {
    const stage = find(HTMLElement, '.stage', this.element);
    const image = find(HTMLImageElement, 'img', stage);
    try {
      await showPicture(image, photo);
      await image.decode();
    } catch {
      // Erased since, or a kind of photo that browsers do not show.
      this.element.classList.add('no-preview');
      return;
    }
    const { naturalWidth: width, naturalHeight: height } = image;
    this.element.style.setProperty('--ratio', String(width / height));
    for (const mark of stage.querySelectorAll('.face')) mark.remove();
    stage.append(...faceMarks(faces, { width, height }));
    numberWhereCrowded(stage);
  }

  #faceOf({ name, similarity, nearest = [] }: Face, index: number): HTMLElement {
    const element = copyOf('#found-face');
    const person = find(HTMLElement, '.person', element);
    person.classList.toggle('unknown', name === 'unknown');
    find(HTMLElement, '.name', person).textContent = name;
    find(HTMLElement, '.similarity', person).textContent = similarity?.toFixed(2) ?? '';
    find(HTMLElement, '.nearest', element).append(...nearestOf(nearest));
    const button = find(HTMLButtonElement, '.this-is', element);
    button.setAttribute('aria-label', `This is … (face ${index + 1})`);
    button.hidden = this.#record.photo === undefined;
    button.addEventListener('click', () => this.#do(() => this.#nameFace(index)));
    return element;
  }

  async #nameFace(index: number): Promise<void> {
    const name = await askForName({
      title: 'Who is this?',
      text: `Face ${index + 1} of ${this.#record.fileName} becomes a photo of that person, known from now on.`,
      act: 'Enrol',
    });
    if (name === undefined) return;
    this.#said.textContent = 'Looking at the face …';
    const isEnrolled = await nameFace(this.#record.id, index, name);
    this.#said.textContent = isEnrolled
      ? `Enrolled as ${name}: workers know it within two seconds.`
      : 'Left as it is.';
  }

  #listen(selector: string, act: () => Promise<void>): void {
    find(HTMLButtonElement, selector, this.element).addEventListener('click', () => this.#do(act));
  }

  /** Does something, and says what went wrong. */
  #do(act: () => Promise<void>): void {
    this.#said.textContent = '';
    void act().catch((error: unknown) => (this.#said.textContent = wordsOf(error)));
  }
}

/** Each name leads to whoever has it: that is where a wrong photo of theirs is put right. */
function nearestOf(nearest: NonNullable<Face['nearest']>): (string | HTMLElement)[] {
  return nearest.flatMap(({ name, similarity }, index) => {
    const link = document.createElement('a');
    link.href = `/people?${new URLSearchParams({ search: name })}`;
    link.textContent = name;
    return [index === 0 ? 'Nearest: ' : ', ', link, ` ${similarity.toFixed(2)}`];
  });
}

/** The time of day, or the day when it was another one. */
const shortTime = (time: number): string =>
  new Date(time).toDateString() === new Date().toDateString()
    ? TIME.format(time)
    : DAY.format(time);

function outcomeOf({ status, faces = [], error }: RequestRecord): string {
  if (status === 'pending') return 'under way …';
  if (error) return error.code;
  if (faces.length === 0) return 'no face';
  const known = faces.map(({ name }) => name).filter((name) => name !== 'unknown');
  const unknown = faces.length - known.length;
  const others = unknown > 1 ? [`${unknown} unknown`] : unknown === 1 ? ['unknown'] : [];
  return [...known, ...others].join(', ');
}
