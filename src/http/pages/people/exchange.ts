import { ask, request, wordsOf } from '../api.ts';
import { find } from '../elements.ts';
import { saveFile } from '../save-file.ts';

/** What came of an import, as `POST /v1/gallery` tells it. */
interface ImportReport {
  readonly people: number;
  readonly faces: number;
  readonly known: number;
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
}

/** Lets the whole gallery be saved as a zip. */
export function offerExport(root: HTMLElement): void {
  find(HTMLButtonElement, '.export', root).addEventListener('click', () => {
    void telling(root, 'Packing …', async () => {
      saveFile('gallery.zip', await (await request('GET', '/v1/gallery')).blob());
      return [];
    });
  });
}

/** Adds the people of a zip, and says what came of it; whether they were added. */
export function importZip(root: HTMLElement, zip: File): Promise<boolean> {
  return telling(root, 'Importing …', async () =>
    tellOf(await ask<ImportReport>('POST', '/v1/gallery', zip)),
  );
}

/** Whether a file is a zip, by what the browser makes of it. */
export const isZip = ({ name, type }: File): boolean =>
  /zip/.test(type) || name.toLowerCase().endsWith('.zip');

/** Says what is done, and in the end what came of it, a line each; whether it was done. */
async function telling(
  root: HTMLElement,
  words: string,
  act: () => Promise<readonly string[]>,
): Promise<boolean> {
  const said = find(HTMLElement, '.exchange-said', root);
  const failure = find(HTMLElement, '.failure', root);
  failure.textContent = '';
  said.textContent = words;
  try {
    const lines = await act();
    said.replaceChildren(
      ...lines.map((line) =>
        Object.assign(document.createElement('span'), { className: 'line', textContent: line }),
      ),
    );
    return true;
  } catch (error) {
    said.textContent = '';
    failure.textContent = wordsOf(error);
    return false;
  }
}

function tellOf({ people, faces, known, skipped }: ImportReport): string[] {
  const added = `${counted(people, 'person', 'people')} and ${counted(faces, 'photo', 'photos')} added`;
  const there = known === 0 ? '.' : `; ${known} were there already.`;
  return [`${added}${there}`, ...skipped.map(({ file, reason }) => `${file}: ${reason}`)];
}

const counted = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;
