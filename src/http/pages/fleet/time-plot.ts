import type { Colours } from './colours.ts';
import { GUTTER, MARGIN } from './gantt.ts';
import { clockTime } from './time.ts';
import type { Columns, Span } from './tracks.ts';

export interface TimePlotOptions {
  /** Of the whole picture, in pixels. */
  readonly height: number;
  /** Whether it says the times beneath. */
  readonly hasTimes: boolean;
  readonly lines: (colours: Colours) => readonly Partial<uPlot.Series>[];
  /** How the values at the left are written; as they are by default. */
  readonly format?: (value: number) => string;
}

const FONT = '11px system-ui, sans-serif';
const X_AXIS_HEIGHT = 26;
const STEPS = [1, 2, 5].flatMap((digit) => [0, 1, 2, 3, 4, 5].map((power) => digit * 10 ** power));

/** Lines through time, on the same axis as the lives of the instances. */
export class TimePlot {
  readonly #parent: HTMLElement;
  readonly #options: TimePlotOptions;
  #plot: uPlot;
  #cursor = 0;
  #colours: Colours;

  constructor(parent: HTMLElement, options: TimePlotOptions, colours: Colours) {
    this.#parent = parent;
    this.#options = options;
    this.#colours = colours;
    this.#plot = this.#create();
    new ResizeObserver(() =>
      this.#plot.setSize({ width: parent.clientWidth, height: options.height }),
    ).observe(parent);
  }

  set colours(colours: Colours) {
    this.#colours = colours;
    this.#plot.destroy();
    this.#plot = this.#create();
  }

  /** @param highest - of the values that are shown */
  draw(columns: Columns, { from, to }: Span, cursor: number, highest: number): void {
    this.#cursor = cursor;
    this.#plot.batch(() => {
      this.#plot.setData(columns as unknown as uPlot.AlignedData, false);
      this.#plot.setScale('x', { min: from / 1000, max: to / 1000 });
      this.#plot.setScale('y', { min: 0, max: Math.max(1, highest) * 1.08 });
    });
  }

  #create(): uPlot {
    const { inkSoft, line } = this.#colours;
    const { height, hasTimes, lines, format = String } = this.#options;
    const series = lines(this.#colours);
    const axis = { stroke: inkSoft, grid: { stroke: line, width: 0.5 }, font: FONT };
    return new uPlot(
      {
        width: this.#parent.clientWidth,
        height,
        padding: [8, MARGIN, hasTimes ? 0 : 4, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: true, auto: false }, y: { auto: false } },
        axes: [
          {
            ...axis,
            size: hasTimes ? X_AXIS_HEIGHT : 0,
            ticks: { show: false },
            space: 90,
            values: (plot, times) => times.map((time) => (hasTimes ? timeAt(plot, time) : '')),
          },
          {
            ...axis,
            size: GUTTER,
            ticks: { show: false },
            incrs: STEPS.toSorted((a, b) => a - b),
            space: hasTimes ? 28 : 18,
            values: (_, values) => values.map(format),
          },
        ],
        series: [{}, ...series.map((one) => ({ width: 1.75, points: { show: false }, ...one }))],
        hooks: { draw: [(plot) => this.#drawCursor(plot)] },
      },
      [[], ...series.map(() => [])],
      this.#parent,
    );
  }

  #drawCursor(plot: uPlot): void {
    const x = plot.valToPos(this.#cursor / 1000, 'x', true);
    const { left, top, width, height } = plot.bbox;
    if (x < left || x > left + width) return;
    plot.ctx.fillStyle = this.#colours.ink;
    plot.ctx.fillRect(Math.min(Math.round(x), left + width - 1), top, devicePixelRatio, height);
  }
}

/** Half of the width of a time. */
const HALF_TIME = 24;

/** A time of the axis in words; nothing where it would be cut off, or where there was no time yet. */
function timeAt(plot: uPlot, time: number): string {
  const room = plot.width - GUTTER - plot.valToPos(time, 'x');
  return time < 0 || room < HALF_TIME ? '' : clockTime(time * 1000).slice(0, 8);
}
