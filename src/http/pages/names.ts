import { find } from './elements.ts';
import { listPeople } from './gallery.ts';

const PAUSE_MS = 200;
const SUGGESTED = 20;

/** Suggests the names of the gallery that have in them what is written. */
export function suggestNames(input: HTMLInputElement): void {
  const list = find(HTMLDataListElement, `#${input.getAttribute('list')}`);
  whenWritten(input, async (text) => {
    const { people } = await listPeople({ search: text, limit: SUGGESTED });
    list.replaceChildren(
      ...people.map(({ name }) => Object.assign(document.createElement('option'), { value: name })),
    );
  });
}

/** Calls with what is written, soon after the last letter; of several answers the last one counts. */
export function whenWritten(input: HTMLInputElement, act: (text: string) => Promise<void>): void {
  let timer: number | undefined;
  input.addEventListener('input', () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void act(input.value.trim()).catch(() => {}), PAUSE_MS);
  });
}
