import { wordsOf } from '../api.ts';
import { offerCamera } from '../camera.ts';
import { find } from '../elements.ts';
import type { Enrolled, Person, Whom } from '../gallery.ts';
import { takeChosen } from '../given-photos.ts';
import { lanes } from '../lanes.ts';
import { suggestNames } from '../names.ts';
import { Enrolment } from './enrolment.ts';

/** Photos of one person, and who that is where it is known. */
export interface Photos {
  readonly photos: readonly File[];
  readonly person?: Person;
}

const AT_A_TIME = 3;

const dialog = find(HTMLDialogElement, '.enrol');
const form = find(HTMLFormElement, 'form', dialog);
const nameInput = find(HTMLInputElement, '.enrol-name', dialog);
const list = find(HTMLElement, '.enrolments', dialog);
const said = find(HTMLElement, '.enrol-said', dialog);
const submit = find(HTMLButtonElement, '.enrol-submit', dialog);
const close = find(HTMLButtonElement, '.enrol-close', dialog);

let enrolments: Enrolment[] = [];
let waiting: Enrolment[] = [];
let person: Person | undefined;
let onChange: () => void = () => {};
/** What is still under way when the dialog is opened anew says nothing there any more. */
let opened = 0;

/**
 * Opens the dialog that enrols photos.
 * @param whenChanged - hears that somebody has a face more
 */
export function openEnrolment(photos: Photos, whenChanged: () => void): void {
  opened++;
  person = photos.person;
  onChange = whenChanged;
  for (const enrolment of enrolments) enrolment.remove();
  enrolments = [];
  waiting = [];
  nameInput.value = person?.name ?? '';
  nameInput.readOnly = false;
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
  showWaiting();
}

function showWaiting(): void {
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
  const dialogWas = opened;
  const batch = waiting;
  const whom = person ?? { name: nameInput.value.trim() };
  waiting = [];
  showWaiting();
  nameInput.readOnly = true;
  said.textContent = '';
  const { enrolled, error } = await enrolAll(batch, whom, onChange);
  if (dialogWas !== opened) return;
  nameInput.readOnly = false;
  if (enrolled) {
    person = enrolled.person;
    showName();
  }
  if (error !== undefined) said.textContent = wordsOf(error);
  waiting = [...batch.filter(({ isOpen }) => isOpen), ...waiting];
  showWaiting();
  if (waiting.length === 0) close.focus();
}

/** Enrols photos; with the last one that was, and with why nobody can be enrolled under that name. */
async function enrolAll(
  batch: readonly Enrolment[],
  whom: Whom,
  whenEnrolled: () => void,
): Promise<{ enrolled?: Enrolled | undefined; error?: unknown }> {
  try {
    const results = await inLanes(batch, async (enrolment) => {
      const enrolled = await enrolment.enrol(whom);
      if (enrolled) whenEnrolled();
      return enrolled;
    });
    return { enrolled: results.findLast((result) => result !== undefined) };
  } catch (error) {
    return { error };
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
close.addEventListener('click', () => dialog.close());
takeChosen(find(HTMLInputElement, 'input[type=file]', dialog), add);
offerCamera(find(HTMLButtonElement, '.open-camera', dialog), (photo) => add([photo]));
suggestNames(nameInput);
