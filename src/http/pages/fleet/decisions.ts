import { copyOf, find } from '../elements.ts';
import { type Decision, getJson, type Inputs } from './history.ts';
import { clockTime } from './time.ts';
import { countUntil, type Timed } from './tracks.ts';

/** As many as one may want to read. */
const SHOWN = 80;

/** What a policy would do: GET /v1/policies. */
interface Advice {
  readonly start: number;
  readonly stop: number;
  readonly because: string;
}

const INPUTS: readonly (readonly [keyof Inputs, string])[] = [
  ['visible', 'messages waiting'],
  ['inFlight', 'messages in hand'],
  ['running', 'instances running'],
  ['pending', 'pending'],
  ['stopped', 'that may be started'],
  ['room', 'room below the cap'],
  ['min', 'minimum'],
  ['max', 'cap'],
];

/** The controller's decisions in words, newest first; the one that holds at the moment is marked. */
export class DecisionList {
  readonly #list: HTMLElement;
  readonly #all: HTMLInputElement;
  readonly #onChoose: (decision: Timed<Decision>) => void;
  #shown: Timed<Decision>[] = [];
  #items = new Map<Timed<Decision>, HTMLElement>();
  #current: Timed<Decision> | undefined;
  #opened: Timed<Decision> | undefined;

  constructor(panel: HTMLElement, onChoose: (decision: Timed<Decision>) => void) {
    this.#list = find(HTMLElement, '.decision-list', panel);
    this.#all = find(HTMLInputElement, '.all-decisions', panel);
    this.#onChoose = onChoose;
  }

  /** Shows those around a moment: what came before it, and as many that came after. */
  show(decisions: readonly Timed<Decision>[], at: number): void {
    const chosen = this.#all.checked ? decisions : decisions.filter(isAct);
    const until = countUntil(
      chosen.map((decision) => decision.at),
      at,
    );
    const shown = chosen.slice(Math.max(0, until - SHOWN), until + SHOWN / 4).toReversed();
    const current = chosen[until - 1];
    if (!isSame(shown, this.#shown)) {
      this.#shown = shown;
      const items = new Map(shown.map((decision) => [decision, this.#itemOf(decision)]));
      this.#items = items;
      this.#list.replaceChildren(...items.values());
    }
    for (const [decision, item] of this.#items) {
      item.classList.toggle('current', decision === current);
      item.classList.toggle('later', decision.at > at);
    }
    if (current === this.#current) return;
    this.#current = current;
    const item = current && this.#items.get(current);
    if (!item || current.event.seq === this.#opened?.event.seq) return;
    this.#list.scrollTop = item.offsetTop - this.#list.clientHeight / 3;
  }

  /** Opens a decision: what the policy saw, and what the other ones would have decided. */
  open(decision: Timed<Decision> | undefined): void {
    this.#opened = decision;
    for (const [one, item] of this.#items) {
      const isOpen = one.event.seq === decision?.event.seq;
      item.classList.toggle('open', isOpen);
      find(HTMLElement, '.detail', item).replaceChildren();
      if (!isOpen) continue;
      this.#list.scrollTop = item.offsetTop;
      void this.#fill(item, one.event);
    }
  }

  #itemOf(decision: Timed<Decision>): HTMLElement {
    const known = this.#items.get(decision);
    if (known) return known;
    const { start, stop, reason, policy } = decision.event;
    const item = copyOf('#decision');
    const button = find(HTMLButtonElement, 'button', item);
    find(HTMLElement, '.at', item).textContent = clockTime(decision.at);
    find(HTMLElement, '.reason', item).textContent = reason;
    find(HTMLElement, '.policy', item).textContent = policy;
    find(HTMLElement, '.started', item).textContent = start.length > 0 ? `+${start.length}` : '';
    find(HTMLElement, '.stopped', item).textContent = stop.length > 0 ? `−${stop.length}` : '';
    button.addEventListener('click', () => this.#onChoose(decision));
    if (this.#opened?.event.seq === decision.event.seq) {
      item.classList.add('open');
      void this.#fill(item, decision.event);
    }
    return item;
  }

  async #fill(item: HTMLElement, { inputs, policy, start, stop }: Decision): Promise<void> {
    const detail = find(HTMLElement, '.detail', item);
    if (!inputs) {
      detail.textContent = 'There were no counts to decide from.';
      return;
    }
    const saw = copyOf('#decision-detail');
    find(HTMLElement, '.inputs', saw).replaceChildren(
      ...INPUTS.flatMap(([name, words]) => pair(words, String(inputs[name]))),
    );
    const ids = [...start.map((id) => `start ${id}`), ...stop.map((id) => `stop ${id}`)];
    find(HTMLElement, '.ids', saw).textContent = ids.join(', ') || 'nothing to start or to stop';
    detail.replaceChildren(saw);
    const policies = find(HTMLElement, '.policies', saw);
    try {
      const advice = await getJson<Record<string, Advice>>(
        `/v1/policies?${new URLSearchParams(Object.entries(inputs).map(([k, v]) => [k, String(v)]))}`,
      );
      policies.replaceChildren(
        ...Object.entries(advice).flatMap(([name, words]) =>
          pair(name === policy ? `${name} (in use)` : name, inWords(words)),
        ),
      );
    } catch (error) {
      policies.textContent = error instanceof Error ? error.message : String(error);
    }
  }
}

export const isAct = ({ event: { start, stop } }: Timed<Decision>): boolean =>
  start.length + stop.length > 0;

function inWords({ start, stop, because }: Advice): string {
  const acts = [start > 0 && `start ${start}`, stop > 0 && `stop ${stop}`].filter(Boolean);
  return `${acts.join(', ') || 'nothing'} (${because})`;
}

function pair(term: string, definition: string): HTMLElement[] {
  const dt = document.createElement('dt');
  const dd = document.createElement('dd');
  dt.textContent = term;
  dd.textContent = definition;
  return [dt, dd];
}

const isSame = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((one, index) => one === b[index]);
