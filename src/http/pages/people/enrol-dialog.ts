import { wordsOf } from '../api.ts';
import { offerCamera } from '../camera.ts';
import { find } from '../elements.ts';
import { createPerson, type Person, personCalled, removePerson } from '../gallery.ts';
import { takeChosen } from '../given-photos.ts';
import { lanes } from '../lanes.ts';
import { suggestNames } from '../names.ts';
import { Enrolment } from './enrolment.ts';

/** Photos of one person, and who that is where it is known. */
export interface Photos {
  readonly photos: readonly File[];
  readonly person?: Person;
  /** The face that is meant, by its place, where there is but one photo. */
  readonly face?: number;
}

const AT_A_TIME = 3;

const dialog = find(HTMLDialogElement, '.enrol');
const form = find(HTMLFormElement, 'form', dialog);
const nameInput = find(HTMLInputElement, '.enrol-name', dialog);
const list = find(HTMLElement, '.enrolments', dialog);
const said = find(HTMLElement, '.enrol-said', dialog);
const submit = find(HTMLButtonElement, '.enrol-submit', dialog);

let enrolments: Enrolment[] = [];
let waiting: Enrolment[] = [];
let face: number | undefined;
let person: Person | undefined;
let onChange: () => void = () => {};

/**
 * Opens the dialog that enrols photos.
 * @param whenChanged - hears that somebody has a face more
 */
export function openEnrolment(photos: Photos, whenChanged: () => void): void {
  person = photos.person;
  face = photos.face;
  onChange = whenChanged;
  for (const enrolment of enrolments) enrolment.remove();
  enrolments = [];
  waiting = [];
  nameInput.value = person?.name ?? '';
  showName();
  said.textContent = '';
  add(photos.photos);
  if (!dialog.open) dialog.showModal();
  (person ? submit : nameInput).focus();
}

/** Whether it is open, so that photos which are dropped belong to it. */
export const isEnrolling = (): boolean => dialog.open;

/** More photos of the same person. */
export function add(photos: readonly File[]): void {
  for (const photo of photos) {
    const enrolment = new Enrolment(photo);
    enrolments.push(enrolment);
    waiting.push(enrolment);
    list.append(enrolment.element);
  }
  submit.disabled = waiting.length === 0;
  submit.textContent = waiting.length > 1 ? `Enrol ${waiting.length} photos` : 'Enrol';
}

/** Who it is is not asked any more once it is known. */
function showName(): void {
  const isKnown = person !== undefined;
  nameInput.disabled = isKnown;
  find(HTMLElement, '.field', dialog).hidden = isKnown;
  find(HTMLElement, 'h2', dialog).textContent = person
    ? `Photos of ${person.name}`
    : 'Who is this?';
}

async function enrol(): Promise<void> {
  const batch = waiting;
  waiting = [];
  submit.disabled = true;
  said.textContent = '';
  try {
    const name = nameInput.value.trim();
    const known = person ?? (await personCalled(name));
    const whom = known ?? (await createPerson(name));
    const results = await inLanes(batch, (enrolment) =>
      enrolment.enrol(whom, face === undefined ? {} : { face }),
    );
    const isEnrolled = results.some((result) => result !== undefined);
    if (isEnrolled) {
      person = whom;
      showName();
      onChange();
    } else if (!known) {
      // Nobody is in the gallery without a face.
      await removePerson(whom.id);
    }
  } catch (error) {
    waiting = batch;
    submit.disabled = false;
    said.textContent = wordsOf(error);
  }
}

/** All results, in order; a few at a time. */
function inLanes<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const run = lanes(AT_A_TIME);
  return Promise.all(
    items.map(
      (item) => new Promise<R>((resolve, reject) => run(() => act(item).then(resolve, reject))),
    ),
  );
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void enrol();
});
find(HTMLButtonElement, '.enrol-close', dialog).addEventListener('click', () => dialog.close());
takeChosen(find(HTMLInputElement, 'input[type=file]', dialog), add);
offerCamera(find(HTMLButtonElement, '.open-camera', dialog), (photo) => add([photo]));
suggestNames(nameInput);
