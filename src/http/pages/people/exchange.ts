import { ask, request, wordsOf } from '../api.ts';
import { find } from '../elements.ts';
import { takeChosen } from '../given-photos.ts';
import { saveFile } from '../save-file.ts';

/** What came of an import, as `POST /v1/gallery` tells it. */
interface ImportReport {
  readonly people: number;
  readonly faces: number;
  readonly known: number;
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
}

/** Lets the whole gallery be saved as a zip, and people be added from one. */
export function offerExchange(root: HTMLElement, onChange: () => void): void {
  const said = find(HTMLElement, '.exchange-said', root);
  const exporting = find(HTMLButtonElement, '.export', root);

  async function say(words: string, act: () => Promise<string>): Promise<void> {
    said.textContent = words;
    said.textContent = await act().catch(wordsOf);
  }

  exporting.addEventListener('click', () => {
    void say('Packing …', async () => {
      saveFile('gallery.zip', await (await request('GET', '/v1/gallery')).blob());
      return '';
    });
  });
  takeChosen(find(HTMLInputElement, '#import', root), ([zip]) => {
    if (!zip) return;
    void say('Importing …', async () => {
      const report = await ask<ImportReport>('POST', '/v1/gallery', zip);
      onChange();
      return tellOf(report);
    });
  });
}

function tellOf({ people, faces, known, skipped }: ImportReport): string {
  const added = `${counted(people, 'person', 'people')} and ${counted(faces, 'photo', 'photos')} added`;
  const there = known === 0 ? [] : [`${known} were there already`];
  const left = skipped.map(({ file, reason }) => `${file}: ${reason}`);
  return [added, ...there, ...left].join('; ');
}

const counted = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;
