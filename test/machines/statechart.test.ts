import { describe, expect, it } from 'vitest';
import { setup } from 'xstate';

import { statecharts } from '../../src/machines/machines.ts';
import { statechartOf } from '../../src/machines/statechart.ts';

const machine = setup({
  delays: { settle: 10 },
  guards: { isCold: () => true },
}).createMachine({
  id: 'kettle',
  initial: 'off',
  on: { BREAK: '.broken', LOOK: {} },
  states: {
    off: { on: { PRESS: 'heating', PUSH: 'heating' } },
    heating: {
      initial: 'slowly',
      states: {
        slowly: { after: { settle: 'fast' }, on: { LOOK: 'slowly' } },
        fast: { always: { guard: 'isCold', target: '#kettle.off' } },
      },
    },
    broken: { type: 'final' },
  },
});

describe('a statechart', () => {
  it('has every state, and the state that it is in', () => {
    expect(statechartOf(machine).states).toEqual([
      { path: '', name: 'kettle', kind: 'compound', isInitial: false },
      { path: 'off', name: 'off', parent: '', kind: 'atomic', isInitial: true },
      { path: 'heating', name: 'heating', parent: '', kind: 'compound', isInitial: false },
      {
        path: 'heating.slowly',
        name: 'slowly',
        parent: 'heating',
        kind: 'atomic',
        isInitial: true,
      },
      { path: 'heating.fast', name: 'fast', parent: 'heating', kind: 'atomic', isInitial: false },
      { path: 'broken', name: 'broken', parent: '', kind: 'final', isInitial: false },
    ]);
  });

  it('has one arrow for all that leads from one state to another, in words', () => {
    expect(statechartOf(machine).arrows).toEqual([
      { source: '', target: 'broken', labels: ['BREAK'] },
      { source: 'off', target: 'heating', labels: ['PRESS', 'PUSH'] },
      { source: 'heating.slowly', target: 'heating.fast', labels: ['after settle'] },
      { source: 'heating.fast', target: 'off', labels: ['[isCold]'] },
    ]);
  });

  it('names the steps of the real machines as people do', () => {
    const labels = Object.values(statecharts).flatMap(({ arrows }) =>
      arrows.flatMap((arrow) => arrow.labels),
    );
    expect(labels).toEqual(
      expect.arrayContaining(['START', 'observe done', 'a step failed', 'after stuck']),
    );
    expect(labels.filter((label) => label.includes('xstate'))).toEqual([]);
  });
});
