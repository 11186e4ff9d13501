import { find } from '../elements.ts';
import { saveFile } from '../save-file.ts';
import { Charts } from './charts.ts';
import { type Colours, onThemeChange, readColours } from './colours.ts';
import { Gantt } from './gantt.ts';
import type { Moment } from './moment.ts';
import { Plots } from './plots.ts';
import { pictureOf, pictureOfSvg } from './save.ts';
import { drawOverview } from './scrubber.ts';
import type { Timeline } from './timeline.ts';

/** Everything on the page that is drawn: statecharts, plots, lives of instances, and the overview. */
export class Pictures {
  /** The pictures whose axis is time. */
  readonly ofTime: readonly HTMLElement[];
  readonly #root: HTMLElement;
  readonly #charts: Charts;
  readonly #plots: Plots;
  readonly #gantt: Gantt;
  #colours: Colours = readColours();
  /** The moment that is drawn. */
  #drawn = 0;

  /** @param onStale - hears that everything has to be drawn again */
  constructor(root: HTMLElement, onStale: () => void) {
    this.#root = root;
    this.#charts = new Charts(find(HTMLElement, '.charts', root));
    this.#plots = new Plots(root, this.#colours);
    this.#gantt = new Gantt(find(HTMLCanvasElement, '.gantt', root), this.#colours);
    this.ofTime = [...this.#plots.elements, this.#gantt.canvas];
    void this.#charts.load().then(onStale);
    onThemeChange(() => {
      this.#colours = readColours();
      this.#plots.colours = this.#colours;
      this.#gantt.colours = this.#colours;
      onStale();
    });
  }

  draw({ tracks }: Timeline, { at, span, mode }: Moment): void {
    const goesOn = mode !== 'still' && at >= this.#drawn;
    this.#charts.show(tracks, at, goesOn ? this.#drawn : undefined);
    this.#drawn = at;
    this.#plots.draw(tracks, span, at);
    this.#gantt.draw(tracks, span, at);
  }

  /** The whole history, behind the scrubber. */
  drawOverview(timeline: Timeline, end: number): void {
    const canvas = find(HTMLCanvasElement, '.scrubber canvas', this.#root);
    drawOverview(canvas, timeline, end, this.#colours);
  }

  async saveTimeline(): Promise<void> {
    const canvases = this.#plots.elements.map((plot) => find(HTMLCanvasElement, 'canvas', plot));
    saveFile(
      'fleet.png',
      await pictureOf([...canvases, this.#gantt.canvas], this.#colours.surface),
    );
  }

  async saveChart(): Promise<void> {
    const { machine } = this.#charts;
    const svg = await (await fetch(`/v1/machines/${machine}.svg`)).text();
    saveFile(`${machine}.png`, await pictureOfSvg(svg, '#ffffff'));
  }
}
