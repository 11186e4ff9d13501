import { showPicture, wordsOf } from '../api.ts';
import { copyOf, find } from '../elements.ts';
import { listPeople, type PeoplePage, type Person } from '../gallery.ts';
import { takeChosen, takePhotos } from '../given-photos.ts';
import { whenWritten } from '../names.ts';
import { add, isEnrolling, openEnrolment } from './enrol-dialog.ts';
import { importZip, isZip, offerExport } from './exchange.ts';

const PAGE_SIZE = 60;

const root = find(HTMLElement, '.people-page');
const list = find(HTMLElement, '.faces', root);
const search = find(HTMLInputElement, '.search', root);
const tally = find(HTMLElement, '.tally', root);
const more = find(HTMLButtonElement, '.show-more', root);
const failure = find(HTMLElement, '.failure', root);

let next: string | null = null;
/** Of several answers under way the last one that was asked for counts. */
let asked = 0;

async function show(after?: string): Promise<void> {
  const asking = ++asked;
  const wanted = search.value.trim();
  try {
    const page = await listPeople({
      limit: PAGE_SIZE,
      ...(wanted !== '' && { search: wanted }),
      ...(after !== undefined && { after }),
    });
    if (asking === asked) showPage(page, wanted, after !== undefined);
  } catch (error) {
    failure.textContent = wordsOf(error);
  }
}

function showPage(page: PeoplePage, wanted: string, isContinued: boolean): void {
  const cards = page.people.map(cardOf);
  if (isContinued) list.append(...cards);
  else list.replaceChildren(...cards);
  next = page.next;
  more.hidden = next === null;
  failure.textContent = '';
  const isEmpty = page.total === 0 && wanted === '';
  root.classList.toggle('is-empty', isEmpty);
  find(HTMLElement, '.empty-state', root).hidden = !isEmpty;
  tally.textContent = isEmpty ? '' : tallyOf(page.total, wanted);
}

function tallyOf(total: number, wanted: string): string {
  if (wanted !== '' && total === 0) return `Nobody is called “${wanted}”`;
  return total === 1 ? '1 person' : `${total} people`;
}

function cardOf({ id, name, faces }: Person): HTMLElement {
  const card = copyOf('#person-card');
  find(HTMLAnchorElement, 'a', card).href = `/people/${encodeURIComponent(id)}`;
  find(HTMLElement, '.name', card).textContent = name;
  find(HTMLElement, '.count', card).textContent =
    faces.length === 1 ? '1 photo' : `${faces.length} photos`;
  const [first] = faces;
  card.classList.toggle('no-photo', first === undefined);
  if (first) void showPicture(find(HTMLImageElement, 'img', card), first.portrait);
  return card;
}

const enrol = (photos: readonly File[]): void => openEnrolment({ photos }, () => void show());

/** A zip has people in it, whatever else has somebody's face. */
async function take(files: readonly File[]): Promise<void> {
  const zip = files.find(isZip);
  if (zip) {
    // The list shown anew takes away what was said of a failure.
    if (await importZip(root, zip)) await show();
  } else if (isEnrolling()) add(files);
  else enrol(files);
}

whenWritten(search, () => show());
more.addEventListener('click', () => void show(next ?? undefined));
offerExport(root);
takeChosen(find(HTMLInputElement, '#import', root), (files) => void take(files));
for (const button of root.querySelectorAll('.add-person')) {
  button.addEventListener('click', () => enrol([]));
}
takePhotos((files) => void take(files));

document.documentElement.classList.add('scripted');
search.value = new URLSearchParams(location.search).get('search') ?? '';
void show();
