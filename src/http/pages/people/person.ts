import { showPicture, wordsOf } from '../api.ts';
import { copyOf, find } from '../elements.ts';
import {
  findPerson,
  mergePeople,
  type Person,
  personCalled,
  removeFace,
  removePerson,
  renamePerson,
  splitPerson,
} from '../gallery.ts';
import { takePhotos } from '../given-photos.ts';
import { suggestNames } from '../names.ts';
import { askForName, confirmed } from '../question.ts';
import { add, isEnrolling, openEnrolment } from './enrol-dialog.ts';

const root = find(HTMLElement, '.person-page');
const id = decodeURIComponent(location.pathname.split('/').at(-1) ?? '');
const list = find(HTMLElement, '.faces', root);
const selection = find(HTMLElement, '.selection', root);
const wholePhoto = find(HTMLDialogElement, '.whole-photo');
const failure = find(HTMLElement, '.failure', root);
const said = find(HTMLElement, '.person-said', root);

let person: Person | undefined;

function show(shown: Person): void {
  person = shown;
  document.title = `${shown.name} · facefleet`;
  find(HTMLElement, 'h1', root).textContent = shown.name;
  const { length } = shown.faces;
  find(HTMLElement, '.tally', root).textContent = length === 1 ? '1 photo' : `${length} photos`;
  find(HTMLElement, '.empty-state', root).hidden = length > 0;
  list.replaceChildren(...shown.faces.map(faceOf));
  root.classList.remove('is-loading');
  showSelection();
}

function faceOf(
  { id: face, portrait, photo }: Person['faces'][number],
  index: number,
): HTMLElement {
  const element = copyOf('#face');
  const checkbox = find(HTMLInputElement, 'input', element);
  checkbox.value = face;
  checkbox.setAttribute('aria-label', `Select photo ${index + 1}`);
  checkbox.addEventListener('change', showSelection);
  find(HTMLButtonElement, 'button', element).addEventListener('click', () => {
    void showPicture(find(HTMLImageElement, 'img', wholePhoto), photo);
    wholePhoto.showModal();
  });
  const image = find(HTMLImageElement, 'img', element);
  image.alt = `Photo ${index + 1}`;
  void showPicture(image, portrait);
  return element;
}

const selected = (): string[] =>
  [...list.querySelectorAll<HTMLInputElement>('input:checked')].map(({ value }) => value);

function showSelection(): void {
  const { length } = selected();
  selection.hidden = length === 0;
  find(HTMLElement, '.selected-count', selection).textContent =
    length === 1 ? '1 photo selected' : `${length} photos selected`;
}

/** Does what a button is for, and says what went wrong. */
function onClick(selector: string, act: (person: Person) => Promise<void>): void {
  find(HTMLButtonElement, selector, root).addEventListener('click', () => {
    failure.textContent = '';
    said.textContent = '';
    if (person) void act(person).catch((error: unknown) => (failure.textContent = wordsOf(error)));
  });
}

onClick('.rename', async ({ name }) => {
  const question = { title: 'Rename', text: `Another name for ${name}.`, act: 'Rename' };
  const wanted = await askForName(question, { value: name });
  if (wanted !== undefined && wanted !== name) show(await renamePerson(id, wanted));
});

onClick('.merge', async ({ name }) => {
  const other = await askForName({
    title: 'The same person',
    text: `Who else is ${name}? Their photos pass to ${name}, and that other name is no more.`,
    act: 'Merge',
  });
  if (other === undefined) return;
  const found = await personCalled(other);
  if (!found) throw new Error(`Nobody is called “${other}”.`);
  if (found.id === id) throw new Error(`That is ${name} already.`);
  show(await mergePeople(id, [found.id]));
  tell(`${found.name} is ${name} from now on.`);
});

onClick('.erase', async ({ name, faces }) => {
  const isSure = await confirmed({
    title: `Erase ${name}?`,
    text: `${photosOf(faces.length)} and what was learned of the face are erased, in every version. This cannot be taken back. Photos that were sent to be recognised stay among the requests.`,
    act: 'Erase',
    isGrave: true,
  });
  if (!isSure) return;
  await removePerson(id);
  location.assign('/people');
});

onClick('.split', async ({ name }) => {
  const faces = selected();
  const other = await askForName({
    title: 'Somebody else',
    text: `Who is on the selected photos, if not ${name}? A new name makes a new person.`,
    act: 'Move',
  });
  if (other === undefined) return;
  const known = await personCalled(other);
  const receiver = await splitPerson(id, faces, known ? { person: known.id } : { name: other });
  show(await findPerson(id));
  tell('Moved to ', linkTo(receiver));
});

onClick('.erase-faces', async () => {
  const faces = selected();
  const isSure = await confirmed({
    title: faces.length === 1 ? 'Erase the photo?' : `Erase ${faces.length} photos?`,
    text: 'What was learned of the face goes with it, in every version. This cannot be taken back.',
    act: 'Erase',
    isGrave: true,
  });
  if (!isSure) return;
  for (const face of faces) await removeFace(id, face);
  show(await findPerson(id));
  tell(faces.length === 1 ? 'The photo is erased.' : `${faces.length} photos are erased.`);
});

const photosOf = (count: number): string => {
  if (count === 0) return 'The name';
  return count === 1 ? 'The photo' : `All ${count} photos`;
};

function linkTo({ id, name }: Person): HTMLElement {
  return Object.assign(document.createElement('a'), {
    href: `/people/${encodeURIComponent(id)}`,
    textContent: name,
  });
}

/** Says what was done, and gives the focus to the heading when what had it is shown no more. */
function tell(...words: readonly (string | HTMLElement)[]): void {
  said.replaceChildren(...words);
  const { activeElement } = document;
  const isShown = activeElement instanceof HTMLElement && activeElement.offsetParent !== null;
  if (!isShown) find(HTMLElement, 'h1', root).focus();
}

const refresh = (): void => {
  void findPerson(id).then(show, (error: unknown) => {
    failure.textContent = wordsOf(error);
    if (person) return;
    find(HTMLElement, 'h1', root).textContent = 'Nobody to show';
    find(HTMLElement, '.page-acts', root).hidden = true;
  });
};

function enrol(photos: readonly File[]): void {
  if (isEnrolling()) add(photos);
  else if (person) openEnrolment({ photos, person }, refresh);
}

for (const button of root.querySelectorAll('.add-photos')) {
  button.addEventListener('click', () => enrol([]));
}
takePhotos(enrol);
suggestNames(find(HTMLInputElement, '.question input'));

document.documentElement.classList.add('scripted');
refresh();
