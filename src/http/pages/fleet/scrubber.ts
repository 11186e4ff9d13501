import type { Colours } from './colours.ts';
import type { Timeline } from './timeline.ts';

interface Figures {
  readonly at: number;
  readonly messages: number;
  readonly active: number;
}

/** The whole history as a small picture: what there was to do, and how many did it. */
export function drawOverview(
  canvas: HTMLCanvasElement,
  timeline: Timeline,
  end: number,
  { demand, accent }: Colours,
): void {
  const ratio = devicePixelRatio;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  context.scale(ratio, ratio);
  const figures = figuresOf(timeline, width);
  const from = figures[0]?.at ?? 0;
  const scale = width / Math.max(1, end - from);

  const area = (valueOf: (figures: Figures) => number, colour: string): void => {
    const highest = Math.max(1, ...figures.map(valueOf));
    context.fillStyle = colour;
    figures.forEach((one, index) => {
      const left = (one.at - from) * scale;
      const right = ((figures[index + 1]?.at ?? end) - from) * scale;
      const top = (valueOf(one) / highest) * (height - 2);
      context.fillRect(left, height - top, right - left, top);
    });
  };
  context.globalAlpha = 0.3;
  area(({ messages }) => messages, demand);
  context.globalAlpha = 0.45;
  area(({ active }) => active, accent);
}

/** All changes of a history that is unfolded as a whole; else what its pages begin with. */
function figuresOf({ isWhole, history, tracks }: Timeline, most: number): readonly Figures[] {
  if (!isWhole) return history.summaries;
  const { times, messages, active } = tracks.samples;
  const step = Math.max(1, Math.ceil(times.length / most));
  const figures: Figures[] = [];
  for (let index = 0; index < times.length; index += step) {
    figures.push({
      at: times[index] ?? 0,
      messages: messages[index] ?? 0,
      active: active[index] ?? 0,
    });
  }
  return figures;
}
