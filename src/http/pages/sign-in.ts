import { find } from './elements.ts';

/** For as long as the tab is open. */
const STORED = 'facefleet-key';

export const key = (): string | undefined => sessionStorage.getItem(STORED) ?? undefined;

const NOT_GOOD = 'That key is not known here, or was revoked.';

let asking: Promise<boolean> | undefined;

/** Who has declined is not asked again until the page is loaded anew. */
let isDeclined = false;

/**
 * Asks for a key, once for all that need it at one time; resolves with whether there is another one now.
 * @param refused - the key that was refused, if there was one
 * @param failure - what the server said of it
 */
export async function signIn(
  refused: string | undefined,
  { code, message }: { readonly code: string; readonly message: string },
): Promise<boolean> {
  if (key() !== refused) return true;
  if (isDeclined) return false;
  const refusal = code === 'role_needed' ? message : NOT_GOOD;
  asking ??= askForKey(refused === undefined ? '' : refusal).finally(() => {
    asking = undefined;
  });
  isDeclined = !(await asking);
  // A page that goes on asking with a wrong key would use up the tries of everybody at its address.
  if (isDeclined && code !== 'role_needed') sessionStorage.removeItem(STORED);
  return !isDeclined;
}

function askForKey(refusal: string): Promise<boolean> {
  const dialog = find(HTMLDialogElement, '.sign-in');
  const input = find(HTMLInputElement, 'input', dialog);
  find(HTMLElement, '.refused', dialog).textContent = refusal;
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
