import { wordsOf } from '../api.ts';
import { find } from '../elements.ts';
import { suggestNames, whenWritten } from '../names.ts';
import { listRequests, type RequestPage } from './records.ts';
import { RequestItem } from './request-item.ts';

/** The server says in a few bytes that nothing has changed. */
const LOOK_EVERY_MS = 1500;
const A_PAGE = 50;
/** As many as one may want to read, and the server gives at once. */
const MOST = 200;

const root = find(HTMLElement, '.requests-page');
const list = find(HTMLElement, '.requests', root);
const search = find(HTMLInputElement, '.search', root);
const outcome = find(HTMLSelectElement, '.outcome-filter', root);
const age = find(HTMLSelectElement, '.age-filter', root);
const more = find(HTMLButtonElement, '.show-more', root);
const tally = find(HTMLElement, '.tally', root);
const failure = find(HTMLElement, '.failure', root);

let items = new Map<string, RequestItem>();
let limit = A_PAGE;
/** Of several answers under way the last one that was asked for counts. */
let asked = 0;

const filters = (): Record<string, string> => ({
  ...(search.value.trim() !== '' && { search: search.value.trim() }),
  ...(outcome.value !== '' && { outcome: outcome.value }),
  ...(age.value !== '' && { since: String(Date.now() - Number(age.value) * 60_000) }),
});

async function look(): Promise<void> {
  const asking = ++asked;
  const wanted = filters();
  try {
    const page = await listRequests({ ...wanted, limit: String(limit) });
    if (asking !== asked) return;
    show(page, Object.keys(wanted).length > 0);
    failure.textContent = '';
  } catch (error) {
    failure.textContent = wordsOf(error);
  }
}

function show({ requests, next }: RequestPage, isFiltered: boolean): void {
  const shown = new Map<string, RequestItem>();
  for (const record of requests) {
    const item = items.get(record.id) ?? new RequestItem(record, () => void look());
    item.update(record);
    shown.set(record.id, item);
  }
  for (const [id, { element }] of items) if (!shown.has(id)) element.remove();
  // What is in its place already stays there, with the focus if it has it.
  [...shown.values()].forEach(({ element }, index) => {
    const there = list.children.item(index);
    if (there !== element) list.insertBefore(element, there);
  });
  items = shown;
  more.hidden = next === null || limit >= MOST;
  const isEmpty = requests.length === 0;
  find(HTMLElement, '.empty-state', root).hidden = !isEmpty || isFiltered;
  find(HTMLElement, '.filters', root).hidden = isEmpty && !isFiltered;
  tally.textContent = tallyOf(requests.length, next !== null, isFiltered);
}

function tallyOf(count: number, hasMore: boolean, isFiltered: boolean): string {
  if (count === 0) return isFiltered ? 'None like that' : '';
  if (hasMore) return `The latest ${count}`;
  return count === 1 ? '1 request' : `${count} requests`;
}

async function goOnLooking(): Promise<void> {
  for (;;) {
    if (!document.hidden) await look();
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

whenWritten(search, look);
for (const filter of [outcome, age]) filter.addEventListener('change', () => void look());
more.addEventListener('click', () => {
  limit = Math.min(MOST, limit + A_PAGE);
  void look();
});
suggestNames(find(HTMLInputElement, '.question input'));
document.documentElement.classList.add('scripted');
void goOnLooking();
