import type { ChartArrow, ChartState, Statechart } from './statechart.ts';

/** An arrow between two states that stand side by side. */
interface Link {
  /** Path of the state that both are in. */
  readonly within: string;
  readonly source: string;
  readonly target: string;
  readonly labels: readonly string[];
}

/** Stands for whichever state of a compound one the machine is in. */
const ANY = '*';

/**
 * A statechart as a Mermaid state diagram. Mermaid draws arrows only between states that stand side by
 * side, so an arrow that leads deeper begins and ends at the states around, and its label names the
 * inner ones: `REFUSED (requested)`, `worker.busy → busy`.
 */
export function mermaidOf(chart: Statechart): string {
  const links = chart.arrows.map(linkOf);
  return ['stateDiagram-v2', ...indented(contents(chart, links, ''))].join('\n');
}

function contents(chart: Statechart, links: readonly Link[], within: string): string[] {
  const states = chart.states.filter(({ parent }) => parent === within);
  const arrows = merged(links.filter((link) => link.within === within));
  const hasAny = arrows.some(({ source }) => source === ANY);
  const id = (path: string): string => (path === ANY ? `${idOf(within)}_any` : idOf(path));
  return [
    ...states.flatMap((state) => declared(state, contents(chart, links, state.path))),
    ...(hasAny ? [`state "any of these" as ${id(ANY)}`] : []),
    ...states.filter(({ isInitial }) => isInitial).map(({ path }) => `[*] --> ${id(path)}`),
    ...arrows.map(({ source, target, labels }) => {
      const label = labels.length > 0 ? ` : ${labels.join(', ')}` : '';
      return `${id(source)} --> ${id(target)}${label}`;
    }),
    ...states.filter(({ kind }) => kind === 'final').map(({ path }) => `${id(path)} --> [*]`),
  ];
}

const declared = ({ name, path }: ChartState, inner: readonly string[]): string[] =>
  inner.length === 0
    ? [`state "${name}" as ${idOf(path)}`]
    : [`state "${name}" as ${idOf(path)} {`, ...indented(inner), '}'];

/** Lifts an arrow to where both ends stand side by side. */
function linkOf({ source, target, labels }: ChartArrow): Link {
  const from = stepsOf(source);
  const to = stepsOf(target);
  let depth = 0;
  while (depth < from.length && depth < to.length - 1 && from[depth] === to[depth]) depth++;
  const inner = (steps: readonly string[]): string => steps.slice(depth + 1).join('.');
  const [origin, goal] = [inner(from), inner(to)];
  return {
    within: from.slice(0, depth).join('.'),
    source: depth < from.length ? from.slice(0, depth + 1).join('.') : ANY,
    target: to.slice(0, depth + 1).join('.'),
    labels: labels.map((label) => `${label}${origin && ` (${origin})`}${goal && ` → ${goal}`}`),
  };
}

function merged(links: readonly Link[]): Link[] {
  const byEnds = new Map<string, Link>();
  for (const link of links) {
    const ends = `${link.source}>${link.target}`;
    const labels = [...(byEnds.get(ends)?.labels ?? []), ...link.labels];
    byEnds.set(ends, { ...link, labels });
  }
  return [...byEnds.values()];
}

const stepsOf = (path: string): string[] => (path === '' ? [] : path.split('.'));

/** Mermaid's ids are single words. */
const idOf = (path: string): string => path.replaceAll(/\W/g, '_');

const indented = (lines: readonly string[]): string[] => lines.map((line) => `    ${line}`);
