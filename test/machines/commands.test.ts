import '../counted.ts';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { AWS, LOCAL } from '../../src/simulation/simulation.ts';
import { anyCommand, mendAndRest, type Model } from './commands.ts';
import { SECOND } from './instance-world.ts';
import { simulate } from './simulated.ts';

const RUNS = 150;

it('the controller keeps its promises through whatever happens, and recovers', async ({ task }) => {
  let commands = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('AWS', 'LOCAL'),
      fc.nat(),
      fc.commands(anyCommand.arbitraries, { maxCommands: 30, size: 'max' }),
      async (where, seed, sequence) => {
        const { pool } = anyCommand;
        const world = simulate({
          surroundings: where === 'AWS' ? AWS : LOCAL,
          seed,
          pool,
          limits: { min: 0, max: pool },
        });
        world.simulation.fleet.faults.maxDescribeLagMs = 25 * SECOND;
        // Descriptions never tell of a time before the instances were made.
        await world.simulation.run(30 * SECOND);
        const isFar = where === 'AWS';
        const model: Model = { submitted: 0, cap: pool, isSupervised: true, isFar };
        await fc.asyncModelRun(() => ({ model, real: world }), sequence);
        commands += [...sequence].length;
        await mendAndRest(world);
        world.simulation.killController();
      },
    ),
    { numRuns: RUNS },
  );
  expect(commands).toBeGreaterThan(RUNS);
  task.meta.counted = `controller: ${RUNS} random command sequences, ${commands} commands`;
}, 120_000);
