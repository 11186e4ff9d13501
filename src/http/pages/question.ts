import { find } from './elements.ts';

interface Question {
  readonly title: string;
  readonly text: string;
  /** What the button to go on says. */
  readonly act: string;
  /** Whether what follows cannot be taken back. */
  readonly isGrave?: boolean;
}

/** Asks whether to go on. */
export async function confirmed(question: Question): Promise<boolean> {
  return (await answerTo(question)) !== undefined;
}

/** Asks for a name; undefined when there is none after all. */
export function askForName(
  question: Question,
  { value = '' }: { readonly value?: string } = {},
): Promise<string | undefined> {
  return answerTo(question, value);
}

function answerTo(
  { title, text, act, isGrave = false }: Question,
  name?: string,
): Promise<string | undefined> {
  const dialog = find(HTMLDialogElement, '.question');
  const field = find(HTMLElement, '.field', dialog);
  const input = find(HTMLInputElement, 'input', field);
  const button = find(HTMLButtonElement, '.go-on', dialog);
  find(HTMLElement, 'h2', dialog).textContent = title;
  find(HTMLElement, '.question-text', dialog).textContent = text;
  button.textContent = act;
  button.classList.toggle('grave', isGrave);
  field.hidden = name === undefined;
  input.disabled = name === undefined;
  input.value = name ?? '';
  dialog.returnValue = '';
  dialog.showModal();
  const stay = find(HTMLButtonElement, '.stay', dialog);
  stay.addEventListener('click', () => dialog.close(), { once: true });
  (name === undefined ? stay : input).focus();
  return new Promise((resolve) => {
    dialog.addEventListener(
      'close',
      () => resolve(dialog.returnValue === 'go-on' ? input.value.trim() : undefined),
      { once: true },
    );
  });
}
