import type { Colours } from './colours.ts';
import type { History } from './history.ts';

/** The whole history as a small picture: what there was to do, and how many did it. */
export function drawOverview(
  canvas: HTMLCanvasElement,
  { summaries, end }: History,
  { demand, accent }: Colours,
): void {
  const ratio = devicePixelRatio;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  context.scale(ratio, ratio);
  const from = summaries[0]?.at ?? 0;
  const scale = width / Math.max(1, end - from);

  const area = (
    valueOf: (summary: History['summaries'][number]) => number,
    colour: string,
  ): void => {
    const highest = Math.max(1, ...summaries.map(valueOf));
    context.fillStyle = colour;
    summaries.forEach((summary, index) => {
      const left = (summary.at - from) * scale;
      const right = ((summaries[index + 1]?.at ?? end) - from) * scale;
      const top = (valueOf(summary) / highest) * (height - 2);
      context.fillRect(left, height - top, Math.max(1, right - left), top);
    });
  };
  context.globalAlpha = 0.3;
  area(({ messages }) => messages, demand);
  context.globalAlpha = 0.45;
  area(({ active }) => active, accent);
}
