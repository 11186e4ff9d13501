import { copyOf, find } from './elements.ts';
import { faceMarks, numberWhereCrowded } from './face-marks.ts';
import { isAboutPhoto } from './photo-failures.ts';
import type { Answer, Face, Failure } from './recognise.ts';
import type { Result } from './result-rows.ts';

export type CardState = 'queued' | 'sending' | 'waiting' | 'done' | 'failed';

/** One photo on the page: what is happening to it, and who is in it. */
export class PhotoCard {
  readonly photo: File;
  readonly element = copyOf('#photo-card');
  readonly #image = find(HTMLImageElement, 'img', this.element);
  readonly #stage = find(HTMLElement, '.stage', this.element);
  readonly #progress = find(HTMLProgressElement, 'progress', this.element);
  readonly #status = find(HTMLElement, '.status', this.element);
  readonly #people = find(HTMLElement, '.people', this.element);
  readonly #retry = find(HTMLButtonElement, '.retry', this.element);
  readonly #loaded: Promise<boolean>;
  #state: CardState = 'queued';
  #sent = 0;
  #answer: Answer | undefined;

  constructor(photo: File, onRetry: () => void) {
    this.photo = photo;
    find(HTMLElement, '.file-name', this.element).textContent = photo.name;
    find(HTMLElement, '.file-name', this.element).title = photo.name;
    this.#retry.addEventListener('click', onRetry);
    this.#loaded = this.#load(photo);
    this.queued();
  }

  get state(): CardState {
    return this.#state;
  }

  /** How far it is, 0 to 1; to be sent is half of it. */
  get progress(): number {
    return this.#answer === undefined ? this.#sent / 2 : 1;
  }

  /** What the server said, once it has. */
  get result(): Result | undefined {
    return this.#answer && { fileName: this.photo.name, answer: this.#answer };
  }

  /** Whether it failed and may succeed when it is sent again. */
  get isRetriable(): boolean {
    return (
      this.#answer !== undefined &&
      'error' in this.#answer &&
      !isAboutPhoto(this.#answer.error.code)
    );
  }

  queued(): void {
    this.#answer = undefined;
    this.#sent = 0;
    this.#enter('queued', 'Waiting for its turn');
  }

  sending(fraction: number): void {
    this.#sent = fraction;
    if (fraction >= 1) {
      this.#progress.removeAttribute('value');
      this.#enter('waiting', 'Looking for faces …');
    } else {
      this.#progress.value = fraction;
      this.#enter('sending', `Sending … ${Math.floor(fraction * 100)} %`);
    }
  }

  answered(answer: Answer): void {
    this.#answer = answer;
    if ('error' in answer) this.#failed(answer.error);
    else void this.#found(answer.faces);
    this.#retry.hidden = !this.isRetriable;
  }

  /** Gives the browser back the memory of the photo. */
  remove(): void {
    URL.revokeObjectURL(this.#image.src);
    this.element.remove();
  }

  async #load(photo: File): Promise<boolean> {
    this.#image.src = URL.createObjectURL(photo);
    try {
      await this.#image.decode();
    } catch {
      // Browsers show no TIFF; the server reads it all the same.
      this.element.classList.add('no-preview');
      return false;
    }
    const { naturalWidth, naturalHeight } = this.#image;
    this.element.style.setProperty('--ratio', String(naturalWidth / naturalHeight));
    return true;
  }

  async #found(faces: readonly Face[]): Promise<void> {
    this.#enter('done', summaryOf(faces));
    const people = faces.map(personOf);
    this.#people.replaceChildren(...people);
    if (!(await this.#loaded)) return;

    const { naturalWidth: width, naturalHeight: height } = this.#image;
    const marks = faceMarks(faces, { width, height });
    this.#stage.append(...marks);
    numberWhereCrowded(this.#stage);
    marks.forEach((mark, index) => linkHighlight(mark, people[index]));
  }

  #failed({ message }: Failure): void {
    this.#enter('failed', message);
  }

  #enter(state: CardState, status: string): void {
    this.#state = state;
    this.element.dataset['state'] = state;
    this.#status.textContent = status;
    this.#status.classList.toggle('failed', state === 'failed');
    this.#retry.hidden = true;
  }
}

function summaryOf(faces: readonly Face[]): string {
  if (faces.length === 0) return 'No face found';
  return faces.length === 1 ? '1 face' : `${faces.length} faces`;
}

function personOf({ name, similarity }: Face): HTMLElement {
  const person = copyOf('#person');
  person.classList.toggle('unknown', name === 'unknown');
  find(HTMLElement, '.name', person).textContent = name;
  find(HTMLElement, '.similarity', person).textContent =
    similarity === null ? '' : similarity.toFixed(2);
  return person;
}

/** Pointing at a name shows its face, and the other way round. */
function linkHighlight(mark: HTMLElement, person: HTMLElement | undefined): void {
  const pair = person === undefined ? [mark] : [mark, person];
  for (const element of pair) {
    element.addEventListener('pointerenter', () => pair.forEach((e) => e.classList.add('active')));
    element.addEventListener('pointerleave', () =>
      pair.forEach((e) => e.classList.remove('active')),
    );
  }
}
