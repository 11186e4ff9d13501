import { find } from '../elements.ts';
import type { Colours } from './colours.ts';
import { pointsOf } from './sample-points.ts';
import { TimePlot } from './time-plot.ts';
import type { Span, Tracks } from './tracks.ts';
import { trafficPoints } from './traffic-points.ts';

const translucent = (colour: string): string => `color-mix(in srgb, ${colour} 14%, transparent)`;

/** What there is to do and who does it, and the photos that come and are answered. */
export class Plots {
  readonly elements: readonly HTMLElement[];
  readonly #fleet: TimePlot;
  readonly #arrivals: TimePlot;
  readonly #latency: TimePlot;

  constructor(panel: HTMLElement, colours: Colours) {
    const fleet = find(HTMLElement, '.fleet-plot', panel);
    const arrivals = find(HTMLElement, '.arrivals-plot', panel);
    const latency = find(HTMLElement, '.latency-plot', panel);
    this.elements = [fleet, arrivals, latency];
    this.#arrivals = new TimePlot(arrivals, ARRIVALS, colours);
    this.#latency = new TimePlot(latency, LATENCY, colours);
    this.#fleet = new TimePlot(fleet, FLEET, colours);
  }

  set colours(colours: Colours) {
    for (const plot of [this.#fleet, this.#arrivals, this.#latency]) plot.colours = colours;
  }

  draw({ samples, traffic }: Tracks, span: Span, cursor: number): void {
    const { columns, highest } = pointsOf(samples, span, cursor);
    this.#fleet.draw(columns, span, cursor, highest);
    const { arrivals, latency, mostArrivals, mostLatency } = trafficPoints(traffic, span, cursor);
    this.#arrivals.draw(arrivals, span, cursor, mostArrivals);
    this.#latency.draw(latency, span, cursor, mostLatency);
  }
}

const stepped = (): Partial<uPlot.Series> => {
  const paths = uPlot.paths.stepped?.({ align: 1 });
  return paths ? { paths } : {};
};

const FLEET = {
  height: 168,
  hasTimes: true,
  lines: ({ demand, accent, state, danger }: Colours) => [
    { stroke: demand, fill: translucent(demand), ...stepped() },
    { stroke: state['pending'] ?? accent, ...stepped() },
    { stroke: accent, ...stepped() },
    { stroke: danger, width: 1, dash: [4, 4], ...stepped() },
  ],
};

const ARRIVALS = {
  height: 66,
  hasTimes: false,
  lines: ({ demand }: Colours) => [{ stroke: demand, fill: translucent(demand) }],
};

const LATENCY = {
  height: 76,
  hasTimes: false,
  format: (ms: number): string => (ms >= 1000 ? `${ms / 1000} s` : `${ms} ms`),
  lines: ({ accent, state }: Colours) => [
    { stroke: accent },
    { stroke: state['pending'] ?? accent },
  ],
};
