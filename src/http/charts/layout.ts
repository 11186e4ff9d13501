import elk, { type ElkExtendedEdge, type ElkNode, type ElkPoint } from 'elkjs';

import type { ChartArrow, ChartState, Statechart } from '../../machines/statechart.ts';

/** A state with its place: the upper left corner in pixels of the whole chart. */
export interface StateBox extends ChartState {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Arrows too many to draw, in words. */
  readonly remarks: readonly string[];
}

/** An arrow with its way from border to border, and the place of its labels if they are shown. */
export interface ArrowPath extends ChartArrow {
  readonly points: readonly ElkPoint[];
  readonly label?: ElkPoint;
}

export interface ChartLayout {
  readonly machine: string;
  readonly width: number;
  readonly height: number;
  /** Outer states before the ones inside. */
  readonly boxes: readonly StateBox[];
  readonly arrows: readonly ArrowPath[];
}

/** Room inside a state: its name above, the instances that are in it below. */
const STATE = { width: 106, height: 54 };
const TITLE_HEIGHT = 26;
export const LINE_HEIGHT = 14;

/** The average width of a letter of the labels. */
const LETTER = 6.1;

/** What leads to so many states by one word is written down rather than drawn. */
const FAN_OUT = 5;

const PADDING = 10;

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.edgeLabels.inline': 'false',
  'elk.layered.spacing.nodeNodeBetweenLayers': '22',
  'elk.layered.spacing.edgeNodeBetweenLayers': '10',
  'elk.spacing.nodeNode': '12',
  'elk.spacing.edgeNode': '8',
  'elk.spacing.edgeEdge': '8',
  'elk.spacing.edgeLabel': '3',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.cycleBreaking.strategy': 'MODEL_ORDER',
};

/**
 * Places a statechart's states and arrows: layered layout by the Eclipse Layout Kernel. Labels take
 * half of the room; a page that has none to spare goes without.
 */
export async function layOut(
  chart: Statechart,
  { hasLabels }: { readonly hasLabels: boolean },
): Promise<ChartLayout> {
  const { drawn, remarks } = withoutFanOuts(chart.arrows);
  const states = new Map(chart.states.map((state) => [state.path, state]));
  const graph: ElkNode = {
    id: '#',
    layoutOptions: OPTIONS,
    children: [nodeOf(chart, '', remarks)],
    edges: drawn.map((arrow, index) => edgeOf(arrow, index, hasLabels)),
  };
  const root = await new elk.default().layout(graph);

  const boxes: StateBox[] = [];
  const origins = new Map([['#', { x: 0, y: 0 }]]);
  function place(node: ElkNode, offset: ElkPoint): void {
    const { x, y } = { x: offset.x + (node.x ?? 0), y: offset.y + (node.y ?? 0) };
    const state = states.get(pathOf(node.id));
    origins.set(node.id, { x, y });
    if (state) {
      const { width = 0, height = 0 } = node;
      boxes.push({ ...state, x, y, width, height, remarks: remarks.get(state.path) ?? [] });
    }
    for (const child of node.children ?? []) place(child, { x, y });
  }
  for (const child of root.children ?? []) place(child, { x: 0, y: 0 });

  const arrows = (root.edges ?? []).map((edge, index) => pathOfArrow(edge, drawn[index], origins));
  return {
    machine: chart.machine,
    width: Math.ceil(root.width ?? 0),
    height: Math.ceil(root.height ?? 0),
    boxes,
    arrows,
  };
}

/** ELK wants an id that is not empty. */
const idOf = (path: string): string => `#${path}#`;
const pathOf = (id: string): string => id.slice(1, -1);

function nodeOf(
  chart: Statechart,
  path: string,
  remarks: ReadonlyMap<string, readonly string[]>,
): ElkNode {
  const lines = remarks.get(path) ?? [];
  const children = chart.states.filter(({ parent }) => parent === path);
  const head = TITLE_HEIGHT + lines.length * LINE_HEIGHT;
  if (children.length === 0) {
    const name = path.slice(path.lastIndexOf('.') + 1);
    const width = Math.max(
      STATE.width,
      textWidth(name) + 56,
      ...lines.map((line) => textWidth(line) + 24),
    );
    return { id: idOf(path), width, height: STATE.height + lines.length * LINE_HEIGHT };
  }
  return {
    id: idOf(path),
    children: children.map((child) => nodeOf(chart, child.path, remarks)),
    layoutOptions: {
      'elk.padding': `[top=${head + PADDING},left=${PADDING},bottom=${PADDING},right=${PADDING}]`,
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(${Math.max(0, ...lines.map(textWidth)) + 28}, 0)`,
    },
  };
}

function edgeOf(
  { source, target, labels }: ChartArrow,
  index: number,
  hasLabels: boolean,
): ElkExtendedEdge {
  const lines = labels.map((label) => textWidth(label));
  return {
    id: String(index),
    sources: [idOf(source)],
    targets: [idOf(target)],
    ...(hasLabels &&
      labels.length > 0 && {
        labels: [
          {
            text: labels.join('\n'),
            width: Math.max(...lines),
            height: labels.length * LINE_HEIGHT,
          },
        ],
      }),
  };
}

function pathOfArrow(
  { container = '#', sections = [], labels = [] }: ElkExtendedEdge,
  arrow: ChartArrow | undefined,
  origins: ReadonlyMap<string, ElkPoint>,
): ArrowPath {
  // ELK counts an edge's coordinates from the state that both of its ends are in.
  const origin = origins.get(container) ?? { x: 0, y: 0 };
  const shifted = ({ x, y }: ElkPoint): ElkPoint => ({ x: x + origin.x, y: y + origin.y });
  const points = sections.flatMap(({ startPoint, bendPoints = [], endPoint }) => [
    startPoint,
    ...bendPoints,
    endPoint,
  ]);
  const [label] = labels;
  return {
    ...(arrow ?? { source: '', target: '', labels: [] }),
    points: points.map(shifted),
    ...(label && { label: shifted({ x: label.x ?? 0, y: label.y ?? 0 }) }),
  };
}

/** Takes out the arrows that lead from one state to many by the same word. */
function withoutFanOuts(arrows: readonly ChartArrow[]): {
  drawn: ChartArrow[];
  remarks: Map<string, string[]>;
} {
  const fans = new Map<string, ChartArrow[]>();
  for (const arrow of arrows) {
    const key = `${arrow.source} ${arrow.labels.join(', ')}`;
    fans.set(key, [...(fans.get(key) ?? []), arrow]);
  }
  const wide = [...fans.values()].filter((fan) => fan.length >= FAN_OUT);
  const remarks = new Map<string, string[]>();
  for (const fan of wide) {
    const { source, labels } = fan[0] ?? { source: '', labels: [] };
    const targets = source === '' ? `: ${fan.map(({ target }) => target).join(', ')}` : '';
    const remark = `${labels.join(', ')} leads to each of ${fan.length}${targets}`;
    remarks.set(source, [...(remarks.get(source) ?? []), remark]);
  }
  const written = new Set(wide.flat());
  return { drawn: arrows.filter((arrow) => !written.has(arrow)), remarks };
}

const textWidth = (text: string): number => Math.ceil(text.length * LETTER) + 4;
