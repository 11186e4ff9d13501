import { html, type Html } from '../views/html.ts';
import { type ArrowPath, type ChartLayout, LINE_HEIGHT, type StateBox } from './layout.ts';

/** The corners of arrows and frames. */
const RADIUS = 7;
const MARGIN = 2;

/**
 * A statechart as SVG. States carry their path (`data-state`), arrows the paths of both ends
 * (`data-source`, `data-target`): that is how a page finds what to light. It looks the same on its
 * own as in a page, whose style sheet may give it other colours.
 */
export function svgOf({ machine, width, height, boxes, arrows }: ChartLayout): Html {
  const size = { width: width + 2 * MARGIN, height: height + 2 * MARGIN };
  return html`<svg
    xmlns="http://www.w3.org/2000/svg"
    class="statechart"
    data-machine="${machine}"
    role="img"
    aria-label="The statechart of ${machine}"
    viewBox="${-MARGIN} ${-MARGIN} ${size.width} ${size.height}"
    width="${size.width}"
    height="${size.height}"
    font-family="system-ui, sans-serif"
    font-size="12"
    fill="none"
  >
    <defs>
      <marker
        id="${machine}-head"
        viewBox="0 0 8 8"
        refX="7"
        refY="4"
        markerWidth="7"
        markerHeight="7"
        markerUnits="userSpaceOnUse"
        orient="auto"
      >
        <path class="arrow-head" d="M0 0.5 8 4 0 7.5z" fill="#8a867c" />
      </marker>
    </defs>
    ${boxes.map(boxOf)} ${arrows.map((arrow) => arrowOf(machine, arrow))}
    <g class="dots"></g>
  </svg> `;
}

const boxOf = ({ path, name, kind, isInitial, x, y, width, height, remarks }: StateBox): Html =>
  html`<g
    class="state ${kind}"
    data-state="${path}"
    data-x="${x}"
    data-y="${y}"
    data-width="${width}"
    data-height="${height}"
    ><rect
      x="${x}"
      y="${y}"
      width="${width}"
      height="${height}"
      rx="${RADIUS + 2}"
      fill="#8a867c"
      fill-opacity="0.06"
      stroke="#8a867c"
      stroke-width="${kind === 'final' ? 2.5 : 1}"
    />${isInitial ? html`<circle class="initial" cx="${x + 13}" cy="${y + 15}" r="3.5" fill="#8a867c" />` : html``}<text
      class="name"
      x="${x + (isInitial ? 22 : 11)}"
      y="${y + 19}"
      fill="#55524b"
      font-weight="600"
      >${name}</text
    ><text
      class="count"
      x="${x + width - 11}"
      y="${y + 19}"
      fill="#55524b"
      text-anchor="end"
      font-weight="600"
    ></text
    >${remarks.map((remark, line) => html`<text class="remark" x="${x + 11}" y="${y + 36 + line * LINE_HEIGHT}" fill="#77736a" font-size="11">${remark}</text>`)}</g
  > `;

const arrowOf = (machine: string, { source, target, labels, points, label }: ArrowPath): Html =>
  html`<g class="arrow" data-source="${source}" data-target="${target}"
    ><title>${source || machine} → ${target}: ${labels.join(', ')}</title
    ><path class="hit" d="${rounded(points)}" stroke-width="9" /><path
      class="line"
      d="${rounded(points)}"
      stroke="#8a867c"
      stroke-width="1.200"
      marker-end="url(#${machine}-head)"
    />${label ? labels.map((text, line) => html`<text x="${label.x + 2}" y="${label.y + 11 + line * LINE_HEIGHT}" fill="#77736a" font-size="11">${text}</text>`) : html``}</g
  > `;

/** A line through right angles, with rounded corners. */
function rounded(points: ArrowPath['points']): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  const parts = [`M${first.x} ${first.y}`];
  rest.forEach((point, index) => {
    const before = points[index] ?? first;
    const after = rest[index + 1];
    if (after === undefined) {
      parts.push(`L${point.x} ${point.y}`);
      return;
    }
    const enter = towards(point, before);
    const leave = towards(point, after);
    parts.push(`L${enter.x} ${enter.y}Q${point.x} ${point.y} ${leave.x} ${leave.y}`);
  });
  return parts.join('');
}

type Point = ArrowPath['points'][number];

/** A point near `from` on the way to `to`. */
function towards(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const part = length === 0 ? 0 : Math.min(RADIUS, length / 2) / length;
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}
