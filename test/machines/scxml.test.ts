import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { and, type AnyStateMachine, type AnyStateNode, setup } from 'xstate';

import { machines } from '../../src/machines/machines.ts';
import { scxmlOf } from '../../src/machines/scxml.ts';

/** An element as the parser gives it, in the order of the document. */
interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
}

function parse(xml: string): Element {
  expect(XMLValidator.validate(xml)).toBe(true);
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    ignoreDeclaration: true,
    parseAttributeValue: false,
    htmlEntities: true,
  });
  const [root] = (parser.parse(xml) as Node[]).map(elementOf);
  if (!root) throw new Error('The document is empty.');
  return root;
}

type Node = Readonly<Record<string, unknown>>;

function elementOf(node: Node): Element {
  const { ':@': attributes = {}, ...content } = node;
  const [[name, children] = ['', []]] = Object.entries(content);
  return {
    name,
    attributes: attributes as Element['attributes'],
    children: (children as Node[]).map(elementOf),
  };
}

/** The states of a document, each under its id. */
function statesIn(element: Element): Map<string, Element> {
  const inner = element.children.flatMap((child) => [...statesIn(child)]);
  const isState = ['state', 'parallel', 'final'].includes(element.name);
  return new Map([
    ...(isState ? [[element.attributes['id'] ?? '', element] as const] : []),
    ...inner,
  ]);
}

const all = (node: AnyStateNode): AnyStateNode[] => [
  node,
  ...Object.values(node.states).flatMap(all),
];

const named = (element: Element | undefined, name: string): Element[] =>
  (element?.children ?? []).filter((child) => child.name === name);

describe('a machine as SCXML', () => {
  const kettle = setup({
    delays: { settle: 10 },
    guards: {
      isCold: () => true,
      isFull: () => true,
      isAbove: (_, _heat: { celsius: number }) => true,
    },
  }).createMachine({
    id: 'kettle',
    initial: 'off',
    on: { BREAK: '.broken' },
    states: {
      off: {
        on: {
          PRESS: [
            { guard: and(['isCold', 'isFull']), target: 'heating' },
            { guard: { type: 'isAbove', params: { celsius: 90 } } },
          ],
          OPEN: { target: 'off', reenter: true },
        },
      },
      heating: { type: 'parallel', after: { settle: 'off' }, states: { coil: {}, lamp: {} } },
      broken: { type: 'final' },
    },
  });

  it('has its states, transitions, guards and delays', () => {
    expect(scxmlOf(kettle)).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>
<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript" name="kettle" initial="kettle">
  <state id="kettle" initial="kettle.off">
    <transition event="BREAK" target="kettle.broken" type="internal"/>
    <state id="kettle.off">
      <transition event="PRESS" cond="isCold() &#38;&#38; isFull()" target="kettle.heating" type="internal"/>
      <transition event="PRESS" cond="isAbove({&#34;celsius&#34;:90})"/>
      <transition event="OPEN" target="kettle.off"/>
    </state>
    <parallel id="kettle.heating">
      <onentry>
        <send event="after.settle" id="kettle.heating.after.settle" delayexpr="settle"/>
      </onentry>
      <onexit>
        <cancel sendid="kettle.heating.after.settle"/>
      </onexit>
      <transition event="after.settle" target="kettle.off" type="internal"/>
      <state id="kettle.heating.coil"/>
      <state id="kettle.heating.lamp"/>
    </parallel>
    <final id="kettle.broken"/>
  </state>
</scxml>
`,
    );
  });

  it.each(Object.entries<AnyStateMachine>(machines))(
    'has every state and transition of %s, and ids that a reader takes',
    (_, machine) => {
      const states = statesIn(parse(scxmlOf(machine)));
      const nodes = all(machine.root);
      expect([...states.keys()]).toEqual(nodes.map(({ id }) => id));
      for (const node of nodes) {
        const state = states.get(node.id);
        const transitions = [...node.transitions.values(), node.always ?? []].flat();
        expect(named(state, 'transition').map(({ attributes }) => attributes['target'])).toEqual(
          transitions.map(({ target }) => target?.map(({ id }) => id).join(' ')),
        );
        expect(named(state, 'invoke')).toHaveLength(node.invoke.length);
        const initial = node.type === 'compound' ? node.initial.target[0]?.id : undefined;
        expect(state?.attributes['initial']).toBe(initial);
        for (const { attributes } of named(state, 'transition')) {
          expect(attributes['event'] ?? 'always').toMatch(/^[\w.*-]+$/);
          // A guard without a name would read as one that always holds, or as none.
          expect(attributes['cond'] ?? 'none()').toMatch(/^\w+\(.*\)$/);
        }
      }
      const ids = [
        ...states.keys(),
        ...nodes
          .flatMap(({ id }) => named(states.get(id), 'invoke'))
          .map(({ attributes }) => attributes['id']),
      ];
      for (const id of ids) expect(id).toMatch(/^[A-Za-z_][\w.-]*$/);
    },
  );
});
