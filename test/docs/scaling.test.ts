import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { spareInstance } from '../../docs/examples/spare-instance.ts';
import { generated } from '../../docs/generated.ts';
import { plan } from '../../src/machines/scaling/plan.ts';
import { packageRoot } from '../../src/package-root.ts';
import { fleetOf } from '../machines/scaling/fleets.ts';

describe('docs/scaling.md', () => {
  it('shows the machines, the examples and their decisions as they are (mend: npm run docs)', async () => {
    const page = await readFile(join(packageRoot, 'docs/scaling.md'), 'utf8');
    expect(page).toBe(await generated(page));
    expect(page.match(/<!-- generated: /g)).toHaveLength(6);
  });

  it('tells the three worked examples', async () => {
    const page = await generated('<!-- generated: decisions -->\n\n<!-- end -->');
    expect(page).toContain('14 messages, 6 active: start 8 of 13 stopped\n');
    expect(page).toContain('48 messages, 17 active: start 2 of 2 stopped, the cap is 19\n');
    expect(page).toContain('4 messages, 16 active: stop 12\n');
  });
});

describe('its example of a policy', () => {
  it('starts one instance more than there are messages', () => {
    const decision = plan(spareInstance, fleetOf({ busy: 2, stopped: 17 }, { inFlight: 2 }));
    expect(decision.start).toHaveLength(1);
    expect(decision.reason).toBe('2 messages and 1 spare, 2 active: start 1 of 17 stopped');
  });

  it('stops them all when there is nothing to do', () => {
    expect(plan(spareInstance, fleetOf({ idle: 3, stopped: 16 })).stop).toHaveLength(3);
  });

  it('is held at the cap like any other', () => {
    const fleet = fleetOf({ busy: 18, stopped: 1 }, { visible: 5, inFlight: 18 });
    expect(plan(spareInstance, fleet).start).toHaveLength(1);
  });
});
