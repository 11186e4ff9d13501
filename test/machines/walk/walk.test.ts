import '../../counted.ts';
import { describe, expect, it } from 'vitest';

import { policies } from '../../../src/machines/scaling/policies.ts';
import { explore } from './explore.ts';
import { SmallWorld, type SmallWorldOptions } from './small-world.ts';

type Walked = Omit<SmallWorldOptions, 'policy'>;

/** As much as goes into half a minute; `npm run test:walk` walks one whole, of millions of worlds. */
const WORLDS: readonly Walked[] =
  process.env['FACEFLEET_WALK'] === 'whole'
    ? onBothSides({ instances: 3, cap: 2, messages: 3, faults: 1, crashes: 1 })
    : [
        ...onBothSides({ instances: 3, cap: 2, messages: 3, faults: 0, crashes: 0 }),
        ...onBothSides({ instances: 2, cap: 1, messages: 2, faults: 1, crashes: 0 }),
        ...onBothSides({ instances: 3, cap: 2, messages: 2, faults: 1, crashes: 0 }),
        ...onBothSides({ instances: 2, cap: 2, messages: 1, faults: 1, crashes: 1 }),
      ];

describe('a small world, walked until nothing new can come about,', () => {
  for (const world of WORLDS) {
    it(`keeps every promise and can always come to rest: ${inWords(world)}`, ({ task }) => {
      const found = explore(new SmallWorld({ ...world, policy: policies['one-per-message'] }));
      expect(found.breaches).toEqual([]);
      expect(found.restless).toBeUndefined();
      task.meta.counted = `walk of ${inWords(world)}: ${found.worlds} worlds, ${found.moves} moves`;
    }, 1_800_000);
  }
});

function inWords({ instances, messages, faults, crashes, isNear }: Walked): string {
  const counts = `${instances} instances, ${messages} messages, ${faults} faults, ${crashes} crashes`;
  return `${counts}, ${isNear ? 'on one machine' : 'on EC2'}`;
}

function onBothSides(world: Omit<Walked, 'isNear'>): Walked[] {
  return [
    { ...world, isNear: true },
    { ...world, isNear: false },
  ];
}
