import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { openEventLog } from '../../src/adapters/local/event-log-history.ts';
import { EventLog } from '../../src/adapters/local/event-log.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { EventBus } from '../../src/bus/event-bus.ts';
import { RecentEvents } from '../../src/bus/recent-events.ts';
import { serve } from '../http/serve.ts';
import { launchBrowser } from './browser.ts';
import { cuttableLine } from './cuttable-line.ts';
import { screenshot, visit } from './visit.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(() => browser.close());

const SOON = { timeout: 20_000 };

/** The real app, with the event log and bus of a fleet whose instances the test moves. */
async function serveFleet(instances: number) {
  const folder = mkdtempSync(join(tmpdir(), 'facefleet-page-hard-'));
  const log = new EventLog({ folder });
  onTestFinished(() => {
    log.close();
    rmSync(folder, { recursive: true });
  });
  const bus = new EventBus({
    clock: systemClock,
    lastSeq: 0,
    onListenerError: (error) => {
      throw error;
    },
  });
  bus.subscribe((event) => log.append(event));
  const ids = Array.from({ length: instances }, (_, index) => `i-${index}`);
  const move = (instance: string, state: string): void =>
    bus.publish({ type: 'instance.transition', instance, state, cause: 'OBSERVED', since: 0 });
  const moveAll = (state: string): void => ids.forEach((id) => move(id, state));
  moveAll('stopped');
  const served = await serve({
    fleet: {
      recent: new RecentEvents(bus, log.view),
      history: openEventLog(folder),
      clock: systemClock,
      cap: instances,
      depth: async () => ({ visible: 0, inFlight: 0, delayed: 0 }),
    },
  });
  // What the bus carried before it was listened to is in the log alone.
  moveAll('stopped');
  return { ...served, move, moveAll };
}

const badgeOf = (page: Page): Promise<string> => page.locator('.badge').innerText();
const wordsOf = (page: Page): Promise<string> => page.locator('.now').innerText();
const requestsOf = (page: Page, path: string) => {
  const urls: string[] = [];
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === path) urls.push(request.url());
  });
  return urls;
};

describe('the fleet page', () => {
  it.each([0, 1, 1000, 10_000])(
    'shows %i instances',
    async (count) => {
      const { url, moveAll } = await serveFleet(count);
      const page = await visit(browser, `${url}/fleet`);
      await expect.poll(() => badgeOf(page), SOON).toBe('Live');
      await expect
        .poll(() => wordsOf(page), SOON)
        .toBe(`0 messages · 0 of ${count} instances active`);
      moveAll('running.idle');
      await expect
        .poll(() => wordsOf(page), SOON)
        .toBe(`0 messages · ${count} of ${count} instances active`);
      expect(await page.locator('.dot').count()).toBe(count === 1 ? 1 : 0);
      const lit = page.locator('[data-state="running.idle"] .count');
      await expect.poll(() => lit.textContent(), SOON).toBe(count === 0 ? '' : String(count));
      await screenshot(page, `fleet-${count}-instances`);
    },
    60_000,
  );

  it('shows each of two tabs its own moment of the same fleet', async () => {
    const { url, move } = await serveFleet(2);
    const pages = [await visit(browser, `${url}/fleet`), await visit(browser, `${url}/fleet`)];
    const [rewound, live] = pages as [Page, Page];
    for (const page of pages) await expect.poll(() => badgeOf(page), SOON).toBe('Live');
    await rewound.getByLabel('Moment').fill('1');
    await expect.poll(() => badgeOf(rewound), SOON).toMatch(/^Rewound/);
    move('i-1', 'running.busy');
    await expect.poll(() => wordsOf(live), SOON).toMatch(/ 1 of 2 instances/);
    expect(await wordsOf(rewound)).toMatch(/ 0 of 2 instances/);
    await rewound.getByTitle('Back to now').click();
    await expect.poll(() => wordsOf(rewound), SOON).toMatch(/ 1 of 2 instances/);
  });

  it('tells the time of the server, whatever the clock of the machine says', async () => {
    const { url, move } = await serveFleet(2);
    const page = await visit(browser, url);
    await page.addInitScript(`const now = Date.now; Date.now = () => now() - 7_200_000;`);
    const logs = requestsOf(page, '/v1/fleet/log');
    await page.goto(`${url}/fleet`);
    await expect.poll(() => badgeOf(page), SOON).toBe('Live');
    move('i-0', 'running.busy');
    await expect.poll(() => wordsOf(page), SOON).toMatch(/ 1 of 2 instances/);
    await page.getByLabel('Moment').fill('1');
    await expect.poll(() => badgeOf(page), SOON).toMatch(/^Rewound/);
    const at = Number(new URLSearchParams(new URL(page.url()).hash.slice(1)).get('at'));
    expect(Math.abs(at - Date.now())).toBeLessThan(60_000);
    // A clock that is only wrong is no reason to read the log again.
    expect(logs).toHaveLength(1);
  });

  it('wakes with its machine: what came in an hour is there, and it is now again', async () => {
    const { port, move } = await serveFleet(2);
    const line = await cuttableLine(port);
    const page = await visit(browser, `${line.url}/fleet`);
    // The browser's own lines about the broken line are expected.
    page.removeAllListeners('console');
    await expect.poll(() => badgeOf(page), SOON).toBe('Live');
    const logs = requestsOf(page, '/v1/fleet/log');
    line.cut();
    await expect.poll(() => badgeOf(page), SOON).toBe('Not connected');
    move('i-0', 'running.busy');
    // The time of day goes on in a sleep, and the time that the page runs on by does not.
    await page.evaluate(`{ const now = Date.now; Date.now = () => now() + 3_600_000; }`);
    await page.getByText('The connection to the server is lost; trying again …').waitFor();
    await expect.poll(() => logs.length, SOON).toBeGreaterThan(0);
    line.mend();
    await expect.poll(() => badgeOf(page), SOON).toBe('Live');
    await expect.poll(() => wordsOf(page), SOON).toMatch(/ 1 of 2 instances/);
    expect(await page.locator('.notice-line').isVisible()).toBe(false);
    move('i-1', 'running.busy');
    await expect.poll(() => wordsOf(page), SOON).toMatch(/ 2 of 2 instances/);
  }, 60_000);

  it('takes the whole fleet anew when it missed more than the server keeps', async () => {
    const { port, moveAll } = await serveFleet(1000);
    const line = await cuttableLine(port);
    const page = await visit(browser, `${line.url}/fleet`);
    page.removeAllListeners('console');
    await expect.poll(() => badgeOf(page), SOON).toBe('Live');
    const logs = requestsOf(page, '/v1/fleet/log');
    line.cut();
    for (let round = 0; round < 3; round++) {
      moveAll('running.busy');
      moveAll('running.idle');
    }
    line.mend();
    await expect.poll(() => wordsOf(page), SOON).toMatch(/ 1000 of 1000 instances/);
    await expect.poll(() => badgeOf(page), SOON).toBe('Live');
    expect(logs.length).toBeGreaterThan(0);
  }, 60_000);
});
