import { find } from '../elements.ts';

/** How many are in each state, by the path of the state. */
export type Occupancy = ReadonlyMap<string, number>;

/** Whoever has more instances than this sees them as counts alone. */
const MAX_DOTS = 60;

/** Charts are drawn this much larger at most, and those that are wider than this no narrower. */
const MOST_SCALE = 1.1;
const LEAST_WIDTH = 900;

const TRAVEL_MS = 600;
const SVG = 'http://www.w3.org/2000/svg';

interface Box {
  readonly element: SVGElement;
  readonly count: SVGElement;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A statechart on the page: lights states, flashes arrows, and moves dots from state to state. */
export class Chart {
  readonly element: SVGSVGElement;
  readonly #boxes = new Map<string, Box>();
  readonly #arrows = new Map<string, SVGElement>();
  readonly #dots = new Map<string, { readonly circle: SVGCircleElement; state: string }>();
  readonly #layer: SVGElement;
  #shown: Occupancy = new Map();

  /** @param svg - as the server draws it */
  constructor(svg: string) {
    this.element = find(
      SVGSVGElement,
      'svg',
      new DOMParser().parseFromString(svg, 'image/svg+xml'),
    );
    const { width } = this.element.viewBox.baseVal;
    // Large enough to be read, and no larger.
    this.element.style.maxWidth = `${width * MOST_SCALE}px`;
    this.element.style.minWidth = `${Math.min(width, LEAST_WIDTH)}px`;
    this.#layer = find(SVGElement, '.dots', this.element);
    for (const element of this.element.querySelectorAll<SVGElement>('.state')) {
      const { state = '', x, y, width, height } = element.dataset;
      this.#boxes.set(state, {
        element,
        count: find(SVGElement, '.count', element),
        x: Number(x),
        y: Number(y),
        width: Number(width),
        height: Number(height),
      });
    }
    for (const element of this.element.querySelectorAll<SVGElement>('.arrow')) {
      const { source = '', target = '' } = element.dataset;
      this.#arrows.set(`${source}>${target}`, element);
    }
  }

  /** Lights the states that somebody is in, and says how many. */
  light(occupancy: Occupancy): void {
    const total = new Map<string, number>();
    for (const [path, count] of occupancy) {
      for (const state of withAncestors(path)) total.set(state, (total.get(state) ?? 0) + count);
    }
    for (const [state, { element, count }] of this.#boxes) {
      const number = total.get(state) ?? 0;
      if (number === (this.#shown.get(state) ?? 0)) continue;
      element.classList.toggle('lit', number > 0 && state !== '');
      count.textContent = number > 0 && state !== '' ? String(number) : '';
    }
    this.#shown = total;
  }

  /** Lets the arrow from one state to another light up for a moment. */
  flash(from: string, to: string): void {
    const line = this.#lineBetween(from, to);
    if (!line) return;
    const { stroke, strokeWidth } = getComputedStyle(line);
    const accent = getComputedStyle(line).getPropertyValue('--accent');
    line.animate(
      [
        { stroke: accent, strokeWidth: '3px' },
        { stroke, strokeWidth },
      ],
      { duration: 900, easing: 'ease-out' },
    );
  }

  /**
   * Puts a dot for every instance into the state that it is in.
   * @param isMoving - whether dots whose state is another one travel there, along the arrow
   */
  place(states: ReadonlyMap<string, string>, isMoving: boolean): void {
    const isTooMany = states.size > MAX_DOTS;
    for (const [id, { circle }] of this.#dots) {
      if (isTooMany || !this.#boxes.has(states.get(id) ?? '?')) {
        circle.remove();
        this.#dots.delete(id);
      }
    }
    if (isTooMany) return;

    const inState = new Map<string, string[]>();
    for (const [id, state] of states) {
      if (this.#boxes.has(state)) inState.set(state, [...(inState.get(state) ?? []), id]);
    }
    for (const [state, ids] of inState) {
      ids.forEach((id, index) => this.#put(id, state, index, ids.length, isMoving));
    }
  }

  #put(id: string, state: string, index: number, count: number, isMoving: boolean): void {
    const box = this.#boxes.get(state);
    if (!box) return;
    const dot = this.#dots.get(id);
    const { x, y } = placeOf(box, index, count);
    const circle = dot?.circle ?? this.#newDot(id);
    const before = { x: Number(circle.getAttribute('cx')), y: Number(circle.getAttribute('cy')) };
    if (dot?.state === state && before.x === x && before.y === y) return;
    circle.setAttribute('cx', String(x));
    circle.setAttribute('cy', String(y));
    circle.setAttribute('class', `dot ${kindOf(state)}`);
    find(SVGElement, 'title', circle).textContent = `${id}: ${state}`;
    if (dot && isMoving) {
      const line = dot.state === state ? undefined : this.#lineBetween(dot.state, state);
      travel(circle, before, { x, y }, line);
    }
    this.#dots.set(id, { circle, state });
  }

  #newDot(id: string): SVGCircleElement {
    const circle = document.createElementNS(SVG, 'circle');
    circle.setAttribute('r', '5');
    circle.dataset['instance'] = id;
    circle.append(document.createElementNS(SVG, 'title'));
    this.#layer.append(circle);
    return circle;
  }

  /** The line of the arrow that leads from one state to another, or from what they are in. */
  #lineBetween(from: string, to: string): SVGPathElement | undefined {
    for (const target of withAncestors(to)) {
      for (const source of withAncestors(from)) {
        const arrow = this.#arrows.get(`${source}>${target}`);
        if (arrow) return find(SVGPathElement, '.line', arrow);
      }
    }
    return undefined;
  }
}

/** A state and the states that it is in, inside out; the machine itself last. */
function withAncestors(path: string): string[] {
  const parts = path === '' ? [] : path.split('.');
  return [...parts, ''].map((_, index) => parts.slice(0, parts.length - index).join('.'));
}

/** Rows of dots beneath the name; the more there are, the nearer to each other. */
function placeOf(
  { x, y, width, height }: Box,
  index: number,
  count: number,
): { x: number; y: number } {
  const columns = Math.max(8, Math.ceil(count / 2));
  const pitch = (width - 12) / columns;
  const row = Math.floor(index / columns);
  return {
    x: Math.round((x + 6 + (0.5 + (index % columns)) * pitch) * 10) / 10,
    y: y + height - (count > columns ? 20 - row * 12 : 14),
  };
}

/** What instances in a state have in common, for their colour. */
export function kindOf(state: string): string {
  if (/stuck|silent|overdue/.test(state)) return 'trouble';
  if (state === 'running.busy') return 'busy';
  if (state === 'running.draining') return 'stopping';
  return state.split('.', 1)[0] ?? state;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

const STEPS = 12;

function travel(dot: SVGElement, from: Point, to: Point, line: SVGPathElement | undefined): void {
  const way: Point[] = [from];
  if (line) {
    const length = line.getTotalLength();
    for (let step = 0; step <= STEPS; step++)
      way.push(line.getPointAtLength((length * step) / STEPS));
  }
  way.push(to);
  dot.animate(
    way.map(({ x, y }) => ({ transform: `translate(${x - to.x}px, ${y - to.y}px)` })),
    { duration: TRAVEL_MS, easing: 'ease-in-out' },
  );
}
