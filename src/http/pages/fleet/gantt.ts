import { kindOf } from './chart.ts';
import type { Colours } from './colours.ts';
import { countUntil, GONE, type Span, type Track, type Tracks } from './tracks.ts';

/** Left of all time axes stands what the rows are. */
export const GUTTER = 92;
/** Right of them a little room. */
export const MARGIN = 14;

const ROW = { least: 3, most: 20, labelled: 11 };
const MAX_HEIGHT = 400;

/** The life of every instance, a row each: coloured by its state, hatched while it is busy. */
export class Gantt {
  readonly canvas: HTMLCanvasElement;
  /** First row that is shown, where not all fit. */
  #top = 0;
  #colours: Colours;
  #hatches: Record<string, CanvasPattern | string> = {};
  #rowHeight: number = ROW.most;
  #rows: readonly Track[] = [];

  constructor(canvas: HTMLCanvasElement, colours: Colours) {
    this.canvas = canvas;
    this.#colours = colours;
    canvas.addEventListener('wheel', (event) => this.#scroll(event), { passive: false });
  }

  set colours(colours: Colours) {
    this.#colours = colours;
    this.#hatches = {};
  }

  /** The instance under a point of the canvas. */
  instanceAt(y: number): string | undefined {
    return this.#rows[this.#top + Math.floor(y / this.#rowHeight)]?.id;
  }

  draw(tracks: Tracks, { from, to }: Span, cursor: number): void {
    this.#rows = [...tracks.tracks.values()];
    this.#rowHeight = rowHeightFor(this.#rows.length);
    const height = Math.min(MAX_HEIGHT, Math.max(1, this.#rows.length) * this.#rowHeight);
    const context = this.#prepare(height);
    const width = this.canvas.clientWidth - GUTTER - MARGIN;
    const scale = width / (to - from);
    const shown = Math.floor(height / this.#rowHeight);
    this.#top = Math.max(0, Math.min(this.#top, this.#rows.length - shown));

    for (let index = 0; index < shown; index++) {
      const track = this.#rows[this.#top + index];
      if (track)
        this.#drawRow(context, track, index * this.#rowHeight, { from, to }, scale, tracks);
    }
    // What is not known is not drawn: before the beginning, after the cursor's time paler.
    const x = GUTTER + (cursor - from) * scale;
    if (x < GUTTER + width) {
      context.globalAlpha = 0.62;
      context.fillStyle = this.#colours.surface;
      context.fillRect(x, 0, GUTTER + width - x, height);
      context.globalAlpha = 1;
    }
    context.fillStyle = this.#colours.ink;
    if (x >= GUTTER) context.fillRect(Math.min(Math.round(x), GUTTER + width - 1), 0, 1, height);
  }

  #drawRow(
    context: CanvasRenderingContext2D,
    { id, times, states, doneTimes }: Track,
    y: number,
    { from, to }: Span,
    scale: number,
    tracks: Tracks,
  ): void {
    const gap = this.#rowHeight > 8 ? 3 : this.#rowHeight > 4 ? 1 : 0;
    const height = this.#rowHeight - gap;
    const end = Math.min(to, Math.max(tracks.to, from));
    let x = GUTTER;
    for (let index = Math.max(0, countUntil(times, from) - 1); index < times.length; index++) {
      const begins = Math.max(times[index] ?? 0, from);
      if (begins > end) break;
      const ends = Math.min(times[index + 1] ?? to, to);
      const left = GUTTER + (begins - from) * scale;
      const right = GUTTER + (ends - from) * scale;
      // Narrower than a pixel, and one was drawn there.
      if (right < x) continue;
      x = Math.max(right, left + 1);
      const state = states[index] ?? GONE;
      if (state === GONE) continue;
      context.fillStyle = this.#fillOf(context, kindOf(state), height);
      context.fillRect(left, y, x - left, height);
    }
    if (this.#rowHeight < ROW.labelled) return;
    context.fillStyle = this.#colours.ink;
    for (let index = countUntil(doneTimes, from); index < doneTimes.length; index++) {
      const at = doneTimes[index] ?? 0;
      if (at > to) break;
      context.fillRect(Math.round(GUTTER + (at - from) * scale), y + height - 4, 1, 4);
    }
    context.fillStyle = this.#colours.inkSoft;
    context.fillText(id, 0, y + height - (height - 9) / 2, GUTTER - 10);
  }

  #fillOf(context: CanvasRenderingContext2D, kind: string, height: number): CanvasPattern | string {
    const colour = this.#colours.state[kind] ?? this.#colours.line;
    if (kind !== 'busy' || height < 6) return colour;
    return (this.#hatches[kind] ??= hatch(context, colour, this.#colours.surface));
  }

  #prepare(height: number): CanvasRenderingContext2D {
    const { canvas } = this;
    const ratio = devicePixelRatio;
    const width = Math.round(canvas.clientWidth * ratio);
    const pixels = Math.round(height * ratio);
    if (canvas.width !== width || canvas.height !== pixels) {
      canvas.style.height = `${height}px`;
      canvas.width = width;
      canvas.height = pixels;
    }
    const context = canvas.getContext('2d') as CanvasRenderingContext2D;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, canvas.clientWidth, height);
    context.font = '11px system-ui, sans-serif';
    return context;
  }

  /** Rows that do not fit are reached by the wheel. */
  #scroll(event: WheelEvent): void {
    const shown = Math.floor(this.canvas.clientHeight / this.#rowHeight);
    if (event.ctrlKey || this.#rows.length <= shown) return;
    event.preventDefault();
    const top = this.#top + Math.sign(event.deltaY) * Math.max(1, Math.round(shown / 8));
    this.#top = Math.max(0, Math.min(top, this.#rows.length - shown));
  }
}

const rowHeightFor = (rows: number): number =>
  Math.max(ROW.least, Math.min(ROW.most, Math.floor(MAX_HEIGHT / Math.max(1, rows))));

/** Stripes of a colour. */
function hatch(
  context: CanvasRenderingContext2D,
  colour: string,
  light: string,
): CanvasPattern | string {
  const tile = new OffscreenCanvas(6, 6);
  const pen = tile.getContext('2d');
  if (!pen) return colour;
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 6, 6);
  pen.strokeStyle = light;
  pen.globalAlpha = 0.45;
  pen.lineWidth = 1.4;
  for (const shift of [-6, 0, 6]) {
    pen.beginPath();
    pen.moveTo(shift, 6);
    pen.lineTo(shift + 6, 0);
    pen.stroke();
  }
  return context.createPattern(tile, 'repeat') ?? colour;
}
