import './counted.ts';
import type { Reporter, TestModule } from 'vitest/node';

import { isMotoInstalled } from './moto.ts';
import { isSchemathesisInstalled } from './schemathesis.ts';
import { systemdVersion } from './systemd/systemd.ts';

const WITHOUT_MOTO =
  'Left out: the tests against moto, an AWS in memory. `npm run moto` installs it; it needs Python.';

const WITHOUT_SCHEMATHESIS =
  'Left out: the API against its OpenAPI document. `npm run schemathesis` installs what reads it; it needs Python.';

const WITHOUT_SYSTEMD = 'Left out: the check of the units by systemd-analyze, which is not here.';

/**
 * Says at the end of a run what its model-based tests went through and what was left out, and closes
 * it with one line that any log reader understands: `N passed, N failed, N skipped`.
 */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) {
      if (!module.ok() && module.errors().length > 0) count.failed += 1;
      for (const test of module.children.allTests()) {
        count[test.result().state] += 1;
        const { counted } = test.meta();
        if (counted !== undefined) process.stdout.write(`${counted}\n`);
      }
    }
    if (!isMotoInstalled) process.stdout.write(`${WITHOUT_MOTO}\n`);
    if (!isSchemathesisInstalled) process.stdout.write(`${WITHOUT_SCHEMATHESIS}\n`);
    if (systemdVersion === undefined) process.stdout.write(`${WITHOUT_SYSTEMD}\n`);
    const skipped = count.skipped + count.pending;
    process.stdout.write(`${count.passed} passed, ${count.failed} failed, ${skipped} skipped\n`);
  }
}
