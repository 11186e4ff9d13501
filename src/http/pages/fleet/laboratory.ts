import { find } from '../elements.ts';
import { getJson, type History, type Page, simulatedHistory } from './history.ts';
import { clockTime } from './time.ts';

/** What is made to happen; `at` in milliseconds of simulated time. */
export type Happening =
  | { readonly at: number; readonly type: 'burst'; readonly photos: number }
  | { readonly at: number; readonly type: 'stuck' | 'killed' | 'hung' }
  | {
      readonly at: number;
      readonly type: 'capacity' | 'stale' | 'throttled';
      readonly seconds: number;
    };

/** A simulated fleet, and all that happens to it. */
export interface Scenario {
  readonly seed: number;
  readonly world: string;
  readonly policy: string;
  readonly instances: number;
  readonly photosPerSecond: number;
  readonly minutes: number;
  readonly happenings: readonly Happening[];
}

const FIRST: Scenario = {
  seed: 1,
  world: 'aws',
  policy: 'one-per-message',
  instances: 19,
  photosPerSecond: 0.2,
  minutes: 10,
  happenings: [{ at: 5000, type: 'burst', photos: 40 }],
};

const TIMED: ReadonlySet<Happening['type']> = new Set(['capacity', 'stale', 'throttled']);
const FAULT_SECONDS = 120;

const WORDS: Readonly<Record<Happening['type'], string>> = {
  burst: 'photos at once',
  stuck: 'an instance is stuck in pending',
  capacity: 'no capacity for 2 minutes',
  killed: 'a worker is killed',
  hung: 'a worker hangs',
  stale: 'the counts stand still for 2 minutes',
  throttled: 'every call is throttled for 2 minutes',
};

/**
 * The laboratory: a scenario, made by hand, that the server lives through in simulated time. What is
 * changed at a moment leaves the time before as it was: the same scenario is the same life.
 */
export class Laboratory {
  readonly #form: HTMLFormElement;
  readonly #onLife: (life: History) => Promise<void>;
  readonly #onFailure: (words: string) => void;
  readonly #moment: () => number;
  #happenings: readonly Happening[] = FIRST.happenings;
  #runs = 0;

  constructor(
    form: HTMLFormElement,
    {
      onLife,
      onFailure,
      moment,
    }: {
      readonly onLife: (life: History) => Promise<void>;
      readonly onFailure: (words: string) => void;
      /** The simulated time that the page shows. */
      readonly moment: () => number;
    },
  ) {
    this.#form = form;
    this.#onLife = onLife;
    this.#onFailure = onFailure;
    this.#moment = moment;
    form.addEventListener('submit', (event) => event.preventDefault());
    form.addEventListener('change', ({ target }) => {
      if (target instanceof HTMLElement && !target.closest('.acts')) void this.run();
    });
    find(HTMLButtonElement, '.do-burst', form).addEventListener('click', () => {
      this.#add({ at: this.#now, type: 'burst', photos: this.#number('photos') });
    });
    find(HTMLButtonElement, '.do-fault', form).addEventListener('click', () => {
      const type = find(HTMLSelectElement, '[name=fault]', form).value as Happening['type'];
      const seconds = TIMED.has(type) ? { seconds: FAULT_SECONDS } : {};
      this.#add({ at: this.#now, type, ...seconds } as Happening);
    });
    this.#fill(FIRST);
  }

  get scenario(): Scenario {
    const text = (name: string): string => this.#field(name).value;
    return {
      seed: this.#number('seed'),
      world: text('world'),
      policy: text('policy'),
      instances: this.#number('instances'),
      photosPerSecond: this.#number('photosPerSecond'),
      minutes: this.#number('minutes'),
      happenings: this.#happenings,
    };
  }

  /** Takes over a scenario, such as a link has. */
  take(scenario: Scenario): void {
    this.#fill({ ...FIRST, ...scenario });
  }

  /** Lives the scenario through. */
  async run(): Promise<void> {
    const run = ++this.#runs;
    this.#form.classList.add('running');
    this.#list();
    try {
      const query = new URLSearchParams({ scenario: JSON.stringify(this.scenario) });
      const { pages } = await getJson<{ pages: readonly Page[] }>(`/v1/laboratory?${query}`);
      if (run !== this.#runs) return;
      await this.#onLife(simulatedHistory(pages, this.#number('minutes') * 60_000));
    } catch (error) {
      if (run === this.#runs)
        this.#onFailure(error instanceof Error ? error.message : String(error));
    } finally {
      if (run === this.#runs) this.#form.classList.remove('running');
    }
  }

  get #now(): number {
    return Math.max(0, Math.round(this.#moment()));
  }

  #add(happening: Happening): void {
    this.#happenings = [...this.#happenings, happening].toSorted((a, b) => a.at - b.at);
    void this.run();
  }

  #fill({ happenings, ...fields }: Scenario): void {
    for (const [name, value] of Object.entries(fields)) this.#field(name).value = String(value);
    this.#happenings = happenings;
    this.#list();
  }

  #list(): void {
    find(HTMLElement, '.happenings', this.#form).replaceChildren(
      ...this.#happenings.map((happening) => {
        const item = document.createElement('li');
        const remove = document.createElement('button');
        const words = WORDS[happening.type];
        item.textContent = `${clockTime(happening.at).slice(3, 8)} ${
          happening.type === 'burst' ? `${happening.photos} ${words}` : words
        }`;
        remove.type = 'button';
        remove.textContent = '×';
        remove.title = 'Take this back';
        remove.addEventListener('click', () => {
          this.#happenings = this.#happenings.filter((other) => other !== happening);
          void this.run();
        });
        item.append(remove);
        return item;
      }),
    );
  }

  #field(name: string): HTMLInputElement | HTMLSelectElement {
    const field = this.#form.elements.namedItem(name);
    if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) return field;
    throw new Error(`The laboratory has no ${name}.`);
  }

  #number(name: string): number {
    return Number(this.#field(name).value);
  }
}
