import { ApiError } from '../api.ts';
import { copyOf, find } from '../elements.ts';
import { enrolPhoto, type Enrolled, type FaceChoice, type Whom } from '../gallery.ts';
import { isAboutPhoto } from '../photo-failures.ts';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const HINTS: Readonly<Record<string, string>> = {
  too_small: 'the face is small, a nearer photo serves better',
  blurred: 'the face is blurred, a sharper photo serves better',
};

/** Of these the name is to blame, and no photo. */
const ABOUT_NAME = new Set(['invalid_name', 'reserved_name']);

/** One photo on its way into the gallery; what it is not sure of, it asks. */
export class Enrolment {
  readonly element = copyOf('#enrolment');
  readonly #photo: File;
  #isOpen = true;
  readonly #image = find(HTMLImageElement, 'img', this.element);
  readonly #status = find(HTMLElement, '.status', this.element);
  readonly #choices = find(HTMLElement, '.choices', this.element);
  readonly #loaded: Promise<void>;

  constructor(photo: File) {
    this.#photo = photo;
    find(HTMLElement, '.file-name', this.element).textContent = photo.name;
    this.#image.src = URL.createObjectURL(photo);
    this.#loaded = this.#image.decode().then(
      () => {
        const { naturalWidth, naturalHeight } = this.#image;
        this.element.style.setProperty('--ratio', String(naturalWidth / naturalHeight));
      },
      () => this.element.classList.add('no-preview'),
    );
    this.#say('Ready');
  }

  /** Whether another try may succeed. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /**
   * Enrols it, after whatever had to be asked; undefined when it was refused or left out.
   * @throws ApiError when nobody can have that name
   */
  async enrol(whom: Whom, choice: FaceChoice = {}): Promise<Enrolled | undefined> {
    this.#choices.replaceChildren();
    this.#say('Looking at the face …', 'waiting');
    try {
      const enrolled = await enrolPhoto(whom, this.#photo, choice);
      const hints = enrolled.hints.map((hint) => HINTS[hint] ?? hint);
      this.#isOpen = false;
      this.#say(['Enrolled', ...hints].join('; '), 'done');
      return enrolled;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const { code, details } = error;
      if (code === 'several_faces') {
        const face = await this.#chooseFace(details['faces'] as { box: Box }[]);
        if (face !== undefined) return this.enrol(whom, { ...choice, face });
      } else if (code === 'face_of_another') {
        if (await this.#confirm(details, whom.name)) {
          return this.enrol(whom, { ...choice, isConfirmed: true });
        }
      } else if (ABOUT_NAME.has(code)) {
        this.#say('Ready');
        throw error;
      } else {
        this.#isOpen = !isAboutPhoto(code);
        this.#say(error.message, 'failed');
      }
      return undefined;
    }
  }

  /** Gives the browser back the memory of the photo. */
  remove(): void {
    URL.revokeObjectURL(this.#image.src);
    this.element.remove();
  }

  async #chooseFace(faces: readonly { readonly box: Box }[]): Promise<number | undefined> {
    await this.#loaded;
    const { naturalWidth: width, naturalHeight: height } = this.#image;
    this.#say(`${faces.length} faces: choose the one that is meant`, 'asking');
    const chosen = await this.#choice([
      ...faces.map(({ box }, index) => {
        const button = copyOf('#face-choice');
        button.textContent = String(index + 1);
        button.setAttribute('aria-label', `Face ${index + 1}`);
        button.style.left = `${(box.x / width) * 100}%`;
        button.style.top = `${(box.y / height) * 100}%`;
        button.style.width = `${(box.width / width) * 100}%`;
        button.style.height = `${(box.height / height) * 100}%`;
        return { button, value: index };
      }),
      { button: buttonSaying('None of them'), value: undefined },
    ]);
    if (chosen === undefined) this.#leaveOut();
    return chosen;
  }

  async #confirm(details: ApiError['details'], name: string): Promise<boolean> {
    const similarity = Number(details['similarity']).toFixed(2);
    this.#say(`This looks like ${String(details['name'])} (${similarity})`, 'asking');
    const isTheirs = await this.#choice([
      { button: buttonSaying(`It is ${name}`), value: true },
      { button: buttonSaying('Leave it out'), value: false },
    ]);
    if (!isTheirs) this.#leaveOut();
    return isTheirs;
  }

  #leaveOut(): void {
    this.#isOpen = false;
    this.#say('Left out', 'failed');
  }

  /** Shows buttons until one is pressed; those with a place of their own stand on the photo. */
  #choice<T>(offered: readonly { readonly button: HTMLElement; readonly value: T }[]): Promise<T> {
    const stage = find(HTMLElement, '.stage', this.element);
    return new Promise((resolve) => {
      for (const { button, value } of offered) {
        button.addEventListener('click', () => {
          for (const other of offered) other.button.remove();
          openQuestion()?.focus();
          resolve(value);
        });
        (button.classList.contains('face-choice') ? stage : this.#choices).append(button);
      }
      // Not away from the question of another photo.
      if (!document.activeElement?.closest(ASKING)) offered[0]?.button.focus();
    });
  }

  #say(words: string, state = 'ready'): void {
    this.element.dataset['state'] = state;
    this.#status.textContent = words;
    this.#status.classList.toggle('failed', state === 'failed');
  }
}

const ASKING = '.enrolment[data-state=asking]';

const openQuestion = (): HTMLElement | null => document.querySelector(`${ASKING} button`);

function buttonSaying(words: string): HTMLElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'quiet';
  button.textContent = words;
  return button;
}
