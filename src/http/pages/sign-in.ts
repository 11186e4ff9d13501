import { find } from './elements.ts';

/** For as long as the tab is open. */
const STORED = 'facefleet-key';

export const key = (): string | undefined => sessionStorage.getItem(STORED) ?? undefined;

let asking: Promise<boolean> | undefined;

/**
 * Asks for a key, once for all that need it; resolves with whether there is one now.
 * @param isWrong - whether the one that is known was refused
 */
export function signIn(isWrong: boolean): Promise<boolean> {
  return (asking ??= askForKey(isWrong).finally(() => {
    asking = undefined;
  }));
}

function askForKey(isWrong: boolean): Promise<boolean> {
  const dialog = find(HTMLDialogElement, '.sign-in');
  const input = find(HTMLInputElement, 'input', dialog);
  find(HTMLElement, '.refused', dialog).hidden = !isWrong;
  input.value = '';
  dialog.returnValue = '';
  const stay = find(HTMLButtonElement, '.stay', dialog);
  stay.addEventListener('click', () => dialog.close(), { once: true });
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener(
      'close',
      () => {
        const isGiven = dialog.returnValue === 'sign-in' && input.value !== '';
        if (isGiven) sessionStorage.setItem(STORED, input.value.trim());
        resolve(isGiven);
      },
      { once: true },
    );
  });
}
