import type { Colours } from './colours.ts';
import { GUTTER, MARGIN } from './gantt.ts';
import { clockTime } from './time.ts';
import { countUntil, type Samples, type Span, type Tracks } from './tracks.ts';

const HEIGHT = 168;
const FONT = '11px system-ui, sans-serif';
const X_AXIS_HEIGHT = 26;

/** More points than this cannot be told apart. */
const MAX_POINTS = 1500;

/** Demand, instances and cap through time, on the same axis as the instances' lives. */
export class Plot {
  readonly #parent: HTMLElement;
  #plot: uPlot;
  #cursor = 0;
  #colours: Colours;

  constructor(parent: HTMLElement, colours: Colours) {
    this.#parent = parent;
    this.#colours = colours;
    this.#plot = this.#create();
    new ResizeObserver(() =>
      this.#plot.setSize({ width: parent.clientWidth, height: HEIGHT }),
    ).observe(parent);
  }

  set colours(colours: Colours) {
    this.#colours = colours;
    this.#plot.destroy();
    this.#plot = this.#create();
  }

  draw({ samples }: Tracks, { from, to }: Span, cursor: number): void {
    this.#cursor = cursor;
    const first = Math.max(0, countUntil(samples.times, from) - 1);
    const end = Math.min(samples.times.length, countUntil(samples.times, Math.min(to, cursor)));
    const step = Math.max(1, Math.ceil((end - first) / MAX_POINTS));
    const picked: number[] = [];
    for (let index = first; index < end; index += step) picked.push(index);
    if (picked.at(-1) !== end - 1 && end > first) picked.push(end - 1);
    const column = (values: readonly number[]): (number | null)[] => {
      const points = picked.map((index) => values[index] ?? null);
      return points.length > 0 ? [...points, points.at(-1) ?? null] : [];
    };
    const times = picked.map((index) => Math.max(from, samples.times[index] ?? 0) / 1000);
    // What was true last is true until now.
    if (times.length > 0) times.push(Math.min(cursor, to) / 1000);
    this.#plot.batch(() => {
      this.#plot.setData(
        [
          times,
          column(samples.messages),
          column(samples.active),
          column(samples.running),
          column(samples.cap).map((cap) => (Number.isNaN(cap) ? null : cap)),
        ],
        false,
      );
      this.#plot.setScale('x', { min: from / 1000, max: to / 1000 });
      const highest = Math.max(1, ...picked.map((index) => highestOf(samples, index)));
      this.#plot.setScale('y', { min: 0, max: highest * 1.08 });
    });
  }

  #create(): uPlot {
    const { inkSoft, line, demand, accent, state, danger } = this.#colours;
    const stepped = uPlot.paths.stepped?.({ align: 1 });
    const series = (
      label: string,
      stroke: string,
      more: Partial<uPlot.Series> = {},
    ): uPlot.Series => ({
      label,
      stroke,
      width: 1.75,
      points: { show: false },
      ...(stepped && { paths: stepped }),
      ...more,
    });
    return new uPlot(
      {
        width: this.#parent.clientWidth,
        height: HEIGHT,
        padding: [8, MARGIN, 0, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: true, auto: false }, y: { auto: false } },
        axes: [
          {
            stroke: inkSoft,
            size: X_AXIS_HEIGHT,
            grid: { stroke: line, width: 0.5 },
            ticks: { show: false },
            font: FONT,
            space: 90,
            values: (_, times) => times.map((time) => clockTime(time * 1000).slice(0, 8)),
          },
          {
            stroke: inkSoft,
            size: GUTTER,
            grid: { stroke: line, width: 0.5 },
            ticks: { show: false },
            font: FONT,
            incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000],
            space: 28,
          },
        ],
        series: [
          {},
          series('messages', demand, { fill: `color-mix(in srgb, ${demand} 14%, transparent)` }),
          series('active', state['pending'] ?? accent),
          series('running', accent),
          series('cap', danger, { width: 1, dash: [4, 4] }),
        ],
        hooks: { draw: [(plot) => this.#drawCursor(plot)] },
      },
      [[], [], [], [], []],
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

const highestOf = ({ messages, active, cap }: Samples, index: number): number =>
  Math.max(messages[index] ?? 0, active[index] ?? 0, cap[index] || 0);
