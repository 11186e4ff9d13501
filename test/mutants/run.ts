import { fileURLToPath } from 'node:url';

import { startVitest, type TestCase, type Vitest } from 'vitest/node';

import { type Mutant, mutants } from './mutants.ts';

/** The suites that watch the promises rather than single cases. */
const SUITES = [
  'test/machines/instance-model.test.ts',
  'test/machines/walk/walk.test.ts',
  'test/machines/commands.test.ts',
  'test/machines/faults.test.ts',
];

/** The longest walk takes half a minute; a mutant may go round in circles. */
const TEST_TIMEOUT_MS = 180_000;

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * Breaks the code in one named way after the other, in memory, and runs the model-based suites over
 * it. Exits with 1 when one of the mutants survives: then there is a promise that nothing checks.
 */
let survivors = 0;
for (const mutant of mutants) {
  const killer = await killerOf(mutant);
  if (killer === undefined) survivors++;
  const fate = killer === undefined ? 'SURVIVES' : `killed by "${killer}"`;
  process.stdout.write(`${mutant.name} (${mutant.promise}): ${fate}\n`);
}
process.stdout.write(`${mutants.length - survivors} of ${mutants.length} mutants killed\n`);
process.exitCode = survivors === 0 ? 0 : 1;

/** The first test that fails on a mutant. */
async function killerOf(mutant: Mutant): Promise<string | undefined> {
  let isApplied = false;
  const breaking = {
    name: 'mutant',
    enforce: 'pre' as const,
    transform(code: string, id: string): string | undefined {
      if (!id.endsWith(`/src/${mutant.file}`)) return undefined;
      if (code.split(mutant.code).length !== 2) {
        throw new Error(`"${mutant.name}" does not fit src/${mutant.file} any more.`);
      }
      isApplied = true;
      return code.replace(mutant.code, () => mutant.broken);
    },
  };
  const vitest = await startVitest(
    'test',
    SUITES,
    {
      root: ROOT,
      config: false,
      watch: false,
      bail: 1,
      reporters: [{}],
      testTimeout: TEST_TIMEOUT_MS,
    },
    { plugins: [breaking] },
  );
  const failed = firstFailed(vitest);
  await vitest.close();
  if (!isApplied) throw new Error(`No suite imports src/${mutant.file}.`);
  process.exitCode = 0;
  return failed;
}

function firstFailed(vitest: Vitest): string | undefined {
  const modules = vitest.state.getTestModules();
  const tests: TestCase[] = modules.flatMap((module) => [...module.children.allTests('failed')]);
  return tests[0]?.fullName ?? modules.find((module) => !module.ok())?.moduleId;
}
