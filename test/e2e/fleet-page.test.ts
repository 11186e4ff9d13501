import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { samplePhoto } from '../sample-photos.ts';
import { expectFaultless, LOOKS } from './axe.ts';
import { launchBrowser } from './browser.ts';
import { type Service, startService, upload } from './service.ts';
import { screenshot, visit } from './visit.ts';

let browser: Browser;
let dataDir: string;
let service: Service;
let photo: Uint8Array;

beforeAll(async () => {
  browser = await launchBrowser();
  dataDir = await mkdtemp(join(tmpdir(), 'facefleet-page-'));
  photo = await samplePhoto(1);
  service = await startService('--data-dir', dataDir, '--max-instances', '2');
});

afterAll(async () => {
  await browser.close();
  await service.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** How long the page may take on a busy machine. */
const SOON = { timeout: 30_000 };

const burst = (count: number): Promise<unknown> =>
  Promise.all(
    Array.from({ length: count }, (_, index) => upload(service.url, { [`${index}.jpg`]: photo })),
  );

const badgeOf = (page: Page): Promise<string> => page.locator('.badge').innerText();

const dotsOf = (page: Page, kind: string) => page.locator(`.dot.${kind}`);

describe('the fleet page', () => {
  it('moves the dots while a burst comes and goes, and says what was decided', async () => {
    const page = await visit(browser, `${service.url}/fleet`, {
      viewport: { width: 1280, height: 900 },
    });
    await expect.poll(() => badgeOf(page), SOON).toBe('Live');
    await expect.poll(() => dotsOf(page, 'stopped').count(), SOON).toBe(2);

    const answers = burst(40);
    await expect.poll(() => dotsOf(page, 'busy').count(), { timeout: 30_000 }).toBeGreaterThan(0);
    await screenshot(page, 'fleet-busy');
    await answers;
    await expect.poll(() => dotsOf(page, 'stopped').count(), { timeout: 30_000 }).toBe(2);

    await expect
      .poll(() => page.locator('.now').innerText(), SOON)
      .toBe('0 messages · 0 of 2 instances active, the cap is 2');
    const reasons = await page.locator('.decision .reason').allInnerTexts();
    expect(reasons.at(-1)).toMatch(/^\d+ messages?, 0 active: start [12] of 2 stopped/);
    expect(reasons.at(0)).toMatch(/^0 messages, \d active: stop \d/);
    await screenshot(page, 'fleet-after');
  }, 120_000);

  it('goes back to a decision: the fleet of that moment, what the policy saw, and what others would do', async () => {
    const page = await visit(browser, `${service.url}/fleet`);
    await page.locator('.decision button').last().click();
    await expect.poll(() => badgeOf(page), SOON).toMatch(/^Rewound to \d\d:\d\d:\d\d\.\d$/);
    await page.getByText('What each policy would have decided').waitFor();
    await expect
      .poll(() => page.locator('.policies').innerText())
      .toMatch(/one-per-message \(in use\)\nstart [12] .*\nliteral\nstart [12]/);
    expect(await page.locator('.inputs').innerText()).toMatch(/cap\s+2$/);
    expect(await dotsOf(page, 'stopped').count()).toBe(2);
    await screenshot(page, 'fleet-rewound');

    // A link to the moment shows the same.
    const link = page.url();
    expect(link).toMatch(/#at=\d{13}\.\d{3}$/);
    const other = await visit(browser, link);
    await expect.poll(() => badgeOf(other), SOON).toBe(await badgeOf(page));

    // By the next decision the first one has had its effect.
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => dotsOf(page, 'stopped').count(), SOON).toBeLessThan(2);

    await page.keyboard.press('l');
    await expect.poll(() => badgeOf(page), SOON).toBe('Live');
    expect(new URL(page.url()).hash).toBe('');
  });

  it('plays the past until it is the present', async () => {
    const page = await visit(browser, `${service.url}/fleet`);
    await page.locator('.decision button').last().click();
    await expect.poll(() => badgeOf(page), SOON).toMatch(/^Rewound/);
    await page.getByLabel('Speed').selectOption('1000×');
    await page.getByTitle('Play or pause').click();
    await expect.poll(() => badgeOf(page), { timeout: 30_000 }).toBe('Live');
  });

  it('says that its connection is lost, and goes on by itself', async () => {
    const page = await visit(browser, `${service.url}/fleet`);
    await expect.poll(() => badgeOf(page), SOON).toBe('Live');
    // The browser's own lines about it are expected.
    page.removeAllListeners('console');
    await page.route('**/v1/fleet/events*', (route) => route.abort('connectionrefused'));
    await page.reload();
    await page.getByText('The connection to the server is lost; trying again …').waitFor();
    await screenshot(page, 'fleet-disconnected');
    await expect.poll(() => badgeOf(page), SOON).toBe('Not connected');
    await page.unroute('**/v1/fleet/events*');
    await expect.poll(() => page.locator('.notice-line').isVisible(), SOON).toBe(false);
    await expect.poll(() => badgeOf(page), SOON).toBe('Live');
  });

  it.each(LOOKS)(
    'has nothing that axe finds fault with: %s',
    async (look, viewport, colorScheme) => {
      const options = { viewport, colorScheme, reducedMotion: 'reduce' } as const;
      const page = await visit(browser, `${service.url}/fleet`, options);
      await expect.poll(() => dotsOf(page, 'stopped').count(), SOON).toBe(2);
      await page.locator('.decision button').last().click();
      await page.getByText('What each policy would have decided').waitFor();
      await expectFaultless(page, `fleet-${look.replace(', ', '-')}`);
    },
    60_000,
  );
});
