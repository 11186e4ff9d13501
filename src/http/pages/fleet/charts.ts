import { find } from '../elements.ts';
import { Chart } from './chart.ts';
import { countStates, instanceStates, otherOccupancies } from './occupancy.ts';
import type { Tracks } from './tracks.ts';

export type MachineName = 'instance' | 'controller' | 'worker' | 'request';

/** What a chart shows, where it is not plain. */
const CAPTIONS: Readonly<Record<MachineName, string>> = {
  instance: 'Every dot is an instance, in the state that the controller believes it to be in.',
  controller:
    'The controller, by its decisions and failures; rounds that decide nothing new are not recorded.',
  worker: 'Workers, by what each said last: it takes photos, or it has one in hand.',
  request: 'Requests that wait or are in hand, as the controller counted them last.',
};

/** More transitions at once than this are a blur. */
const MOST_FLASHES = 24;

/** The statecharts in their tabs. */
export class Charts {
  readonly #charts = new Map<MachineName, Chart>();
  readonly #stage: HTMLElement;
  readonly #caption: HTMLElement;
  readonly #tabs: readonly HTMLButtonElement[];
  #shown: MachineName = 'instance';

  constructor(panel: HTMLElement) {
    this.#stage = find(HTMLElement, '.chart-stage', panel);
    this.#caption = find(HTMLElement, '.chart-caption', panel);
    this.#tabs = [...panel.querySelectorAll<HTMLButtonElement>('.tab')];
    for (const tab of this.#tabs) {
      tab.addEventListener('click', () => this.select(tab.dataset['machine'] as MachineName));
    }
    this.select(this.#shown);
    this.#stage.addEventListener('pointermove', ({ target }) => this.#explain(target));
    this.#stage.addEventListener('pointerleave', () => this.#explain(null));
  }

  /** The machine whose chart is shown. */
  get machine(): MachineName {
    return this.#shown;
  }

  async load(): Promise<void> {
    await Promise.all(
      this.#tabs.map(async (tab) => {
        const name = tab.dataset['machine'] as MachineName;
        const response = await fetch(`/v1/machines/${name}.svg?labels=no`);
        if (response.ok) this.#charts.set(name, new Chart(await response.text()));
      }),
    );
    this.select(this.#shown);
  }

  select(name: MachineName): void {
    this.#shown = name;
    for (const tab of this.#tabs) {
      tab.setAttribute('aria-selected', String(tab.dataset['machine'] === name));
    }
    const panel = this.#stage.closest('section') ?? document;
    for (const [link, format] of [
      ['.save-svg', 'svg'],
      ['.save-mermaid', 'mmd'],
      ['.save-scxml', 'scxml'],
    ] as const) {
      find(HTMLAnchorElement, link, panel).href = `/v1/machines/${name}.${format}`;
    }
    const chart = this.#charts.get(name)?.element;
    this.#stage.replaceChildren(...(chart ? [chart] : []));
    this.#explain(null);
  }

  /** Shows the fleet at a time, and what has happened since another one, if that is wanted. */
  show(tracks: Tracks, at: number, since: number | undefined): void {
    const states = instanceStates(tracks, at);
    const counts = countStates(states.values());
    this.#charts.get('instance')?.light(counts);
    if (this.#shown === 'instance') {
      this.#charts.get('instance')?.place(states, since !== undefined);
    }
    for (const [name, occupancy] of Object.entries(otherOccupancies(tracks, at, counts))) {
      this.#charts.get(name as MachineName)?.light(occupancy);
    }
    if (since !== undefined) this.#flash(tracks, since, at);
  }

  #flash(tracks: Tracks, since: number, at: number): void {
    const events = tracks.between(since, at).slice(-MOST_FLASHES);
    const before = Object.fromEntries(instanceStates(tracks, since));
    for (const event of events) {
      switch (event.type) {
        case 'instance.transition':
          if (event.instance in before) {
            this.#charts.get('instance')?.flash(before[event.instance] ?? '', event.state);
          }
          before[event.instance] = event.state;
          break;
        case 'controller.decision': {
          const acts = event.start.length + event.stop.length > 0;
          this.#charts.get('controller')?.flash('observing.telling', 'deciding');
          this.#charts.get('controller')?.flash('deciding', acts ? 'acting' : 'waiting');
          break;
        }
        case 'controller.failed':
          this.#charts
            .get('controller')
            ?.flash(event.step === 'act' ? 'acting' : 'observing.asking', 'backingOff');
          break;
        case 'worker.busy':
          this.#charts.get('worker')?.flash('receiving', 'working');
          break;
        case 'worker.idle':
          this.#charts.get('worker')?.flash('finished', 'receiving');
          this.#charts.get('request')?.flash('', 'answered');
          break;
        default:
      }
    }
  }

  /** Says what an arrow under the pointer stands for. */
  #explain(target: EventTarget | null): void {
    const arrow = target instanceof Element ? target.closest('.arrow') : null;
    this.#caption.textContent = arrow?.querySelector('title')?.textContent ?? CAPTIONS[this.#shown];
  }
}
