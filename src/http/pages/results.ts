import { copyOf, find } from './elements.ts';
import { csvOf, type Result, type Row, rowsOf, tabbed } from './result-rows.ts';
import { saveFile } from './save-file.ts';

const section = find(HTMLElement, '.results');
const body = find(HTMLTableSectionElement, 'tbody', section);
const said = find(HTMLElement, '.said', section);

let results: readonly Result[] = [];

/** Shows the results as a table, in the order of the photos. */
export function showResults(shown: readonly Result[]): void {
  results = shown;
  section.hidden = shown.length === 0;
  said.textContent = '';
  body.replaceChildren(...rowsOf(shown).map(tableRow));
}

function tableRow(row: Row): HTMLElement {
  const element = copyOf('#result-row');
  const { photo = '', name = '', similarity, error } = row;
  const cells: Record<string, string> = {
    '.of-photo': String(photo),
    '.of-face': error === undefined ? String(name) : String(error),
    '.of-similarity': typeof similarity === 'number' ? similarity.toFixed(2) : '',
    '.of-box': row.x === undefined ? '' : `${row.x}, ${row.y} · ${row.width} × ${row.height}`,
  };
  for (const [cell, text] of Object.entries(cells)) {
    find(HTMLElement, cell, element).textContent = text;
  }
  find(HTMLElement, '.of-face', element).classList.toggle('failed', error !== undefined);
  return element;
}

async function copy(): Promise<void> {
  try {
    await navigator.clipboard.writeText(tabbed(rowsOf(results)));
    said.textContent = 'Copied.';
  } catch {
    // Browsers give the clipboard to pages on https:// or localhost only.
    said.textContent = 'This browser does not let the page copy. Download the table instead.';
  }
}

const onClick = (selector: string, act: () => void): void =>
  find(HTMLButtonElement, selector, section).addEventListener('click', act);

onClick('.copy', () => void copy());
onClick('.csv', () =>
  saveFile('faces.csv', new Blob([csvOf(rowsOf(results))], { type: 'text/csv' })),
);
onClick('.json', () => {
  const answers = results.map(({ fileName, answer }) => Object.assign({ fileName }, answer));
  const json = JSON.stringify(answers, null, 2);
  saveFile('faces.json', new Blob([json], { type: 'application/json' }));
});
