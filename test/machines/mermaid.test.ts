import { expect, it } from 'vitest';
import { setup } from 'xstate';

import { mermaidOf } from '../../src/machines/mermaid.ts';
import { statechartOf } from '../../src/machines/statechart.ts';

it('a machine is drawn with arrows only between states that stand side by side', () => {
  const machine = setup({ delays: { stuck: 10 } }).createMachine({
    id: 'lamp',
    initial: 'off',
    on: { BREAK: '.broken' },
    states: {
      off: { on: { PRESS: 'on.bright' } },
      on: {
        initial: 'dim',
        after: { stuck: '.stuck' },
        states: {
          dim: { on: { PRESS: 'bright' } },
          bright: { on: { PRESS: '#lamp.off' } },
          stuck: {},
        },
      },
      broken: { type: 'final' },
    },
  });
  expect(mermaidOf(statechartOf(machine)).split('\n')).toEqual([
    'stateDiagram-v2',
    '    state "off" as off',
    '    state "on" as on {',
    '        state "dim" as on_dim',
    '        state "bright" as on_bright',
    '        state "stuck" as on_stuck',
    '        state "any of these" as on_any',
    '        [*] --> on_dim',
    '        on_any --> on_stuck : after stuck',
    '        on_dim --> on_bright : PRESS',
    '    }',
    '    state "broken" as broken',
    '    state "any of these" as _any',
    '    [*] --> off',
    '    _any --> broken : BREAK',
    '    off --> on : PRESS → bright',
    '    on --> off : PRESS (bright)',
    '    broken --> [*]',
  ]);
});
