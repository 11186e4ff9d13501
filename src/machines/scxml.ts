import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';

/** An element: its attributes without those that are undefined, and what is in it. */
interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | undefined>>;
  readonly children?: readonly Element[];
}

/**
 * A machine as SCXML (W3C State Chart XML 1.0), from the very definition that runs: every state, every
 * transition in its order with its guard, delays and invoked actors. Guards and delays are written by
 * their names; what they compute, and the actions, are code. A state has the id that XState gives it.
 */
export function scxmlOf(machine: AnyStateMachine): string {
  const root = {
    name: 'scxml',
    attributes: {
      xmlns: 'http://www.w3.org/2005/07/scxml',
      version: '1.0',
      datamodel: 'ecmascript',
      name: machine.id,
      initial: machine.id,
    },
    // The document itself takes no transitions, so the machine is a state in it.
    children: [stateOf(machine.root)],
  };
  return ['<?xml version="1.0" encoding="UTF-8"?>', ...linesOf(root), ''].join('\n');
}

function stateOf(node: AnyStateNode): Element {
  const isCompound = node.type === 'compound';
  return {
    name: node.type === 'parallel' || node.type === 'final' ? node.type : 'state',
    attributes: {
      id: node.id,
      initial: isCompound ? idsOf(node.initial.target) : undefined,
    },
    children: [
      ...timersOf(node),
      ...node.invoke.map(({ id }) => ({ name: 'invoke', attributes: { id: actorId(id) } })),
      ...[...node.transitions.values(), node.always ?? []].flat().map(transitionOf),
      ...Object.values(node.states).map(stateOf),
    ],
  };
}

/** A delayed transition is an event that the state sends itself, and takes back when it is left. */
function timersOf({ after, id }: AnyStateNode): Element[] {
  const delays = [...new Set(after.map(({ delay }) => String(delay)))];
  const timers = delays.map((delay) => ({ delay, sendid: `${id}.after.${delay}` }));
  if (timers.length === 0) return [];
  return [
    {
      name: 'onentry',
      attributes: {},
      children: timers.map(({ delay, sendid }) => ({
        name: 'send',
        attributes: { event: `after.${delay}`, id: sendid, delayexpr: delay },
      })),
    },
    {
      name: 'onexit',
      attributes: {},
      children: timers.map(({ sendid }) => ({ name: 'cancel', attributes: { sendid } })),
    },
  ];
}

const transitionOf = ({ eventType, guard, target, reenter }: AnyTransitionDefinition): Element => ({
  name: 'transition',
  attributes: {
    event: eventType === '' ? undefined : eventOf(eventType),
    cond: guard && conditionOf(guard),
    target: target && idsOf(target),
    type: target && !reenter ? 'internal' : undefined,
  },
});

/** XState's own events by the names that SCXML has for them. */
function eventOf(eventType: string): string {
  const [, delay] = /^xstate\.after\.([^.]+)\./.exec(eventType) ?? [];
  if (delay !== undefined) return `after.${delay}`;
  const [, state] = /^xstate\.(done\.state\..+)$/.exec(eventType) ?? [];
  if (state !== undefined) return state;
  const [, outcome, actor = ''] = /^xstate\.(done|error)\.actor\.(.+)$/.exec(eventType) ?? [];
  if (outcome === undefined) return eventType;
  return `${outcome === 'done' ? 'done.invoke' : 'error.platform'}.${actorId(actor)}`;
}

/** An actor without a name is numbered, and ids begin with a letter. */
const actorId = (id: string): string => id.replace(/^(\d+)\.(.+)$/, '$2.$1');

/** A guard by its name, as a call: `isLate({"believed":"stopped"})`. */
function conditionOf(guard: unknown): string {
  if (typeof guard === 'string') return `${guard}()`;
  if (typeof guard === 'function')
    return 'guards' in guard ? allOf(guard.guards) : `${guard.name}()`;
  const { type, params } = guard as { readonly type: string; readonly params?: unknown };
  const isPlain = typeof params === 'object';
  return `${type}(${isPlain ? JSON.stringify(params) : ''})`;
}

/** What XState's `and` is made of. */
const allOf = (guards: unknown): string => (guards as unknown[]).map(conditionOf).join(' && ');

const idsOf = (nodes: readonly AnyStateNode[]): string => nodes.map(({ id }) => id).join(' ');

function linesOf({ name, attributes, children = [] }: Element): string[] {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : ` ${key}="${escaped(value)}"`,
  );
  const opening = `<${name}${written.join('')}`;
  if (children.length === 0) return [`${opening}/>`];
  const inner = children.flatMap(linesOf).map((line) => `  ${line}`);
  return [`${opening}>`, ...inner, `</${name}>`];
}

const escaped = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (char) => `&#${char.codePointAt(0)};`);
