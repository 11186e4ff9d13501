import { ask, wordsOf } from '../api.ts';
import { copyOf, find } from '../elements.ts';

/** A setting as `/v1/settings` has it. */
interface Setting {
  readonly flag: string;
  readonly takes: string;
  readonly env: string;
  readonly value: string | number | null;
  readonly source: 'flag' | 'environment' | 'default';
  readonly description: string;
}

/** What one check of `/v1/checks` found. */
interface Finding {
  readonly check: string;
  readonly status: 'ok' | 'warning' | 'failed';
  readonly message: string;
  readonly mend?: string;
}

const root = find(HTMLElement, '.settings-page');
const failure = find(HTMLElement, '.failure', root);
const again = find(HTMLButtonElement, '.look-again', root);
const tally = find(HTMLElement, '.checks-tally', root);

async function showSettings(): Promise<void> {
  const { settings } = await ask<{ settings: readonly Setting[] }>('GET', '/v1/settings');
  find(HTMLElement, 'tbody', root).replaceChildren(...settings.map(rowOf));
  find(HTMLElement, '.settings', root).hidden = false;
}

function rowOf({ flag, takes, env, value, source, description }: Setting): HTMLElement {
  const row = copyOf('#setting');
  row.classList.toggle('is-default', source === 'default');
  const say = (selector: string, text: string): void => {
    find(HTMLElement, selector, row).textContent = text;
  };
  say('.flag', `${flag} <${takes}>`);
  say('.env', env);
  say('.value', value === null ? '(not set)' : String(value));
  say('.source', source);
  say('.description', description);
  return row;
}

async function look(): Promise<void> {
  again.disabled = true;
  tally.textContent = 'Looking …';
  try {
    const { checks } = await ask<{ checks: readonly Finding[] }>('GET', '/v1/checks');
    find(HTMLElement, '.checks', root).replaceChildren(...checks.map(findingOf));
    const wrong = checks.filter(({ status }) => status !== 'ok').length;
    tally.textContent = wrong === 0 ? 'All is well' : `${wrong} of ${checks.length} want a look`;
  } catch (error) {
    tally.textContent = '';
    throw error;
  } finally {
    again.disabled = false;
  }
}

function findingOf({ check, status, message, mend = '' }: Finding): HTMLElement {
  const element = copyOf('#finding');
  element.dataset['status'] = status;
  find(HTMLElement, '.check-status', element).textContent = status;
  find(HTMLElement, '.check-name', element).textContent = check;
  find(HTMLElement, '.check-message', element).textContent = message;
  find(HTMLElement, '.mend', element).textContent = mend;
  return element;
}

const tellFailure = (error: unknown): void => {
  failure.textContent = wordsOf(error);
};

again.addEventListener('click', () => {
  failure.textContent = '';
  void look().catch(tellFailure);
});

document.documentElement.classList.add('scripted');
void Promise.all([showSettings(), look()]).catch(tellFailure);
