import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { type DirectedGraphNode, toDirectedGraph } from 'xstate/graph';

/** A machine's definition as plain data: what can be drawn, or written in another language. */
export interface Statechart {
  /** Id of the machine. */
  readonly machine: string;
  /** Every state after the one that it is in, beginning with the machine itself. */
  readonly states: readonly ChartState[];
  readonly arrows: readonly ChartArrow[];
}

export interface ChartState {
  /** As events of the bus give it: `running.idle`; empty for the machine itself. */
  readonly path: string;
  /** Its own name, the last part of the path; the machine's id for the machine. */
  readonly name: string;
  /** Path of the state that it is in; absent for the machine. */
  readonly parent?: string;
  readonly kind: 'compound' | 'atomic' | 'final';
  /** Whether its parent begins with it. */
  readonly isInitial: boolean;
}

/** Every transition from one state to another that leads there for good, taken together. */
export interface ChartArrow {
  /** Paths of the states. */
  readonly source: string;
  readonly target: string;
  /** What sets it off, in words: `START`, `after settle`, `observe done`, `[isWoken]`. */
  readonly labels: readonly string[];
}

/**
 * The statechart of a machine, from the very definition that runs. Transitions that leave the machine
 * in the state that it is in are left out.
 */
export function statechartOf(machine: AnyStateMachine): Statechart {
  const states: ChartState[] = [];
  const labels = new Map<string, ChartArrow & { readonly labels: string[] }>();

  function addArrow(source: AnyStateNode, target: AnyStateNode, label: string): void {
    const ends = { source: pathOf(source), target: pathOf(target) };
    const key = `${ends.source}>${ends.target}`;
    const arrow = labels.get(key) ?? { ...ends, labels: [] };
    labels.set(key, arrow);
    if (label !== '' && !arrow.labels.includes(label)) arrow.labels.push(label);
  }

  function add({ stateNode, children, edges }: DirectedGraphNode): void {
    states.push(stateOf(stateNode));
    for (const { source, target, label, transition } of edges) {
      if (transition.target === undefined || source === target) continue;
      addArrow(source, target, labelOf(label.text));
    }
    // The library's graph leaves out what happens without an event.
    for (const transition of stateNode.always ?? []) {
      const [target] = transition.target ?? [];
      if (target) addArrow(stateNode, target, guardOf(transition));
    }
    children.forEach(add);
  }

  add(toDirectedGraph(machine));
  return { machine: machine.id, states, arrows: [...labels.values()] };
}

const pathOf = ({ path }: AnyStateNode): string => path.join('.');

function stateOf(node: AnyStateNode): ChartState {
  const { parent, key } = node;
  return {
    path: pathOf(node),
    name: key,
    ...(parent && { parent: pathOf(parent) }),
    kind: kindOf(node),
    isInitial: parent?.initial.target[0] === node,
  };
}

function kindOf({ type }: AnyStateNode): ChartState['kind'] {
  if (type === 'final') return 'final';
  return type === 'compound' ? 'compound' : 'atomic';
}

/** XState's own event types carry ids of states and actors; people want the words between. */
function labelOf(eventType: string): string {
  const [, delay] = /^xstate\.after\.([^.]+)\./.exec(eventType) ?? [];
  if (delay !== undefined) return `after ${delay}`;
  const [, state] = /^xstate\.done\.state\..*?([^.]+)$/.exec(eventType) ?? [];
  if (state !== undefined) return `${state} done`;
  const [, outcome, actor = ''] = /^xstate\.(done|error)\.actor\.(.+)$/.exec(eventType) ?? [];
  if (outcome === undefined) return eventType;
  const words = outcome === 'done' ? 'done' : 'failed';
  if (actor === '*') return `a step ${words}`;
  // An actor without an id of its own is named after its state.
  return /^\d/.test(actor) ? words : `${actor} ${words}`;
}

function guardOf({ guard }: AnyTransitionDefinition): string {
  if (guard === undefined) return '';
  const name = typeof guard === 'object' && 'type' in guard ? guard.type : guard;
  return typeof name === 'string' ? `[${name}]` : '';
}
