import { describe, expect, it } from 'vitest';

import { deprovision, inventory } from '../../src/provision/deprovision.ts';
import { isMotoInstalled } from '../moto.ts';
import '../counted.ts';
import { countsOf, lookAt } from './account.ts';
import { useFleet } from './fleet-in-use.ts';
import { cutAfter, newChanges, provisionFleet, useStage, withSite } from './stage.ts';

/** `npm run test:provision-kills`: after every call, each time with a fleet of its own. */
const isWhole = process.env['FACEFLEET_KILLS'] === 'whole';

describe.skipIf(!isMotoInstalled)('provisioning that is killed', () => {
  const stage = useStage();
  /** Two waves, of one instance each. */
  const make = (fleet: string) => {
    stage.quota = 2;
    return provisionFleet(stage, fleet);
  };

  it('goes on where it was, after each of its changes in turn, and doubles nothing', async ({
    task,
  }) => {
    await make('whole');
    stage.isCounted = newChanges();
    let kills = 0;
    while ((await cutAfter(stage, 1, () => make('killed'))) === 'killed') kills += 1;
    expect(kills).toBeGreaterThan(40);
    expect(await lookAt('killed')).toEqual(await lookAt('whole'));

    stage.isCounted = () => false;
    await withSite('killed', useFleet);
    stage.isCounted = newChanges();
    let removals = 0;
    while ((await cutAfter(stage, 1, () => remove('killed'))) === 'killed') removals += 1;
    expect(removals).toBeGreaterThan(20);
    expect(Object.values(countsOf(await lookAt('killed')))).toEqual(
      Array.from({ length: 10 }, () => 0),
    );
    task.meta.counted = `provision was killed after each of its ${kills} changes, deprovision after each of its ${removals}`;
  }, 900_000);

  it.runIf(isWhole)(
    'comes to the same end after a kill after any call',
    async ({ task }) => {
      await make('clean');
      const wanted = await lookAt('clean');
      stage.isCounted = () => true;
      let kills = 0;
      for (let isDone = false; !isDone; kills++) {
        const fleet = `killed-${kills}`;
        isDone = (await cutAfter(stage, kills + 1, () => make(fleet))) === 'done';
        await make(fleet);
        expect(await lookAt(fleet), `killed after call ${kills + 1}`).toEqual(wanted);
        await cutAfter(stage, kills + 1, () => remove(fleet));
        await remove(fleet);
        expect(Object.values(countsOf(await lookAt(fleet)))).toEqual(
          Array.from({ length: 10 }, () => 0),
        );
      }
      task.meta.counted = `provision and deprovision were killed after each of ${kills - 1} calls`;
    },
    3_600_000,
  );
});

async function remove(fleet: string): Promise<void> {
  await withSite(fleet, async (site) => {
    const leftovers = await deprovision(await inventory(site), () => undefined);
    if (leftovers.length > 0) throw new Error(JSON.stringify(leftovers));
  });
}
