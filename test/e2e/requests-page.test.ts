import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import type { Browser, Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { anotherPhotoOf, type Portrait, portraitsOf } from '../portraits.ts';
import { samplePhoto } from '../sample-photos.ts';
import { expectFaultless, LOOKS } from './axe.ts';
import { launchBrowser } from './browser.ts';
import { type Service, startService, upload } from './service.ts';
import { screenshot, visit } from './visit.ts';

/** A worker looks at each photo, and on a busy machine has to start first. */
const SOON = { timeout: 30_000 };
const KEY = 'the-key-of-this-test';

let browser: Browser;
let dataDir: string;
let service: Service;
let ada: Portrait;

beforeAll(async () => {
  browser = await launchBrowser();
  dataDir = await mkdtemp(join(tmpdir(), 'facefleet-requests-'));
  [ada] = (await portraitsOf(1)) as [Portrait];
  service = await startService(...settings());
}, 60_000);

const settings = (): string[] =>
  Object.entries({ '--data-dir': dataDir, '--min-instances': '1', '--admin-key': KEY }).flat();

afterAll(async () => {
  await browser.close();
  await service.stop();
  await rm(dataDir, { recursive: true, force: true });
});

interface PeoplePage {
  readonly people: readonly { readonly name: string; readonly faces: readonly unknown[] }[];
}

/** Who is in the gallery, with how many photos. */
async function namesAndFaces(): Promise<[string, number][]> {
  const response = await fetch(`${service.url}/v1/people`, {
    headers: { Authorization: `Bearer ${KEY}` },
  });
  const { people } = (await response.json()) as PeoplePage;
  return people.map(({ name, faces }) => [name, faces.length]);
}

/** Opens a page of the console, and signs in. */
async function visitSignedIn(
  path: string,
  options: Parameters<typeof visit>[2] = {},
): Promise<Page> {
  const page = await visit(browser, service.url, options);
  await page.evaluate(`sessionStorage.setItem('facefleet-key', ${JSON.stringify(KEY)})`);
  await page.goto(`${service.url}${path}`);
  return page;
}

const requestsOf = (page: Page): Locator => page.locator('.request');
const outcomesOf = (page: Page): Promise<string[]> => page.locator('.outcome').allInnerTexts();
const press = (within: Page | Locator, name: string): Promise<void> =>
  within.getByRole('button', { name, exact: true }).click();

/** Says who the largest face of a request is. */
async function sayWho(page: Page, request: Locator, name: string): Promise<void> {
  await request.getByRole('button', { name: 'This is … (face 1)' }).click();
  await page.getByRole('combobox', { name: 'Name' }).fill(name);
  await page.keyboard.press('Enter');
}

describe('the requests page', () => {
  it('asks for a key, until it is given one that is good', async () => {
    const page = await visit(browser, `${service.url}/requests`);
    const dialog = page.getByRole('dialog', { name: 'Sign in' });
    await dialog.waitFor();
    await screenshot(page, 'sign-in');
    await dialog.getByLabel('Key').fill('another-key');
    await press(dialog, 'Sign in');
    await dialog.getByText('That key is not known here, or was revoked.').waitFor();
    await dialog.getByLabel('Key').fill(KEY);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'No photo was sent yet' }).waitFor();
    expect(await dialog.isVisible()).toBe(false);
  }, 60_000);

  it('says what the server says to whoever has no key', async () => {
    const page = await visit(browser, `${service.url}/people`);
    await page.getByRole('dialog', { name: 'Sign in' }).waitFor();
    await press(page, 'Cancel');
    await expect.poll(() => page.locator('.failure').innerText(), SOON).toMatch(/ key/);
  });

  it('lists photos as they come, with their ways, and takes back a wrong name', async () => {
    const page = await visitSignedIn('/requests');
    await page.getByText('No photo was sent yet').waitFor();
    await upload(service.url, { 'group.jpg': await samplePhoto(1) });
    await expect.poll(() => outcomesOf(page), SOON).toEqual(['3 unknown']);
    expect(await page.getByText('No photo was sent yet').isVisible()).toBe(false);

    const request = requestsOf(page).filter({ hasText: 'group.jpg' });
    await request.locator('summary').click();
    await expect.poll(() => request.locator('.face').count(), SOON).toBe(3);
    const stages = (await request.locator('.stages .name').allInnerTexts()).join(' ');
    expect(stages).toMatch(/queued waited decode stored recognise .*detect.*embed.*match/);

    await sayWho(page, request, 'Ada Lovelace');
    await request.getByText('Enrolled as Ada Lovelace: workers know it').waitFor();
    expect(await namesAndFaces()).toEqual([['Ada Lovelace', 1]]);
    await upload(service.url, { 'ada.jpg': await anotherPhotoOf(ada) });
    await expect.poll(() => outcomesOf(page), SOON).toHaveLength(2);

    // The name was wrong: the page says whom the face looks like by now.
    await sayWho(page, request, 'Grace Hopper');
    const looks = page.getByRole('dialog', { name: 'This looks like Ada Lovelace' });
    await press(looks, 'Cancel');
    await request.getByText('Left as it is.').waitFor();
    // Nobody stays in the gallery without a photo.
    expect(await namesAndFaces()).toEqual([['Ada Lovelace', 1]]);
    await sayWho(page, request, 'Grace Hopper');
    await press(looks, 'It is Grace Hopper');
    await expect.poll(namesAndFaces, SOON).toEqual([
      ['Ada Lovelace', 1],
      ['Grace Hopper', 1],
    ]);
  }, 90_000);

  it('recognises a photo again, and finds requests by name, file and outcome', async () => {
    // Workers look for changes every now and then; both have the same photo by now.
    const known = /Ada Lovelace|Grace Hopper/;
    const photo = await anotherPhotoOf(ada);
    await expect
      .poll(async () => (await upload(service.url, { 'ada.jpg': photo })).text, SOON)
      .toMatch(known);
    const page = await visitSignedIn('/requests');
    const group = requestsOf(page).filter({ hasText: 'group.jpg' });
    await group.locator('summary').click();
    await press(group, 'Recognise again');
    await page.getByText('Sent again: see the newest request.').waitFor();
    await expect.poll(() => group.count(), SOON).toBe(2);
    const again = group.first().locator('.outcome');
    await expect.poll(() => again.innerText(), SOON).toMatch(known);
    const [name] = known.exec(await again.innerText()) ?? [''];

    await upload(service.url, { 'grey.png': await greyPhoto() });
    await page.getByLabel('Outcome').selectOption('No face');
    await expect.poll(() => outcomesOf(page), SOON).toEqual(['no face']);
    await page.getByLabel('Outcome').selectOption('Every outcome');

    await upload(service.url, { 'cut.jpg': photo.subarray(0, 2000) });
    const failed = requestsOf(page).filter({ hasText: 'cut.jpg' });
    await expect.poll(() => failed.locator('.outcome').innerText(), SOON).toBe('undecodable_image');
    expect(await heightOf(failed)).toBeCloseTo(await heightOf(group.first()));
    await page.getByLabel('Search by file or name').fill(name);
    await expect
      .poll(async () => (await outcomesOf(page)).every((text) => text.includes(name)), SOON)
      .toBe(true);
    await page.getByLabel('Search by file or name').fill('grey.png');
    await expect.poll(() => outcomesOf(page), SOON).toEqual(['no face']);
    await page.getByLabel('Search by file or name').fill('nothing like that');
    await page.getByText('None like that').waitFor();
  }, 60_000);
});

/** Of the line of a request, in pixels: one line of text, whatever became of it. */
const heightOf = async (request: Locator): Promise<number> =>
  (await request.locator('summary').boundingBox())?.height ?? NaN;

describe('the requests page after a restart', () => {
  it('shows what was there before, with the photos', async () => {
    const before = await visitSignedIn('/requests');
    await expect.poll(() => requestsOf(before).count(), SOON).toBeGreaterThan(3);
    const outcomes = await outcomesOf(before);
    await before.goto('about:blank');
    await service.stop();
    service = await startService(...settings());
    const page = await visitSignedIn('/requests');
    await expect.poll(() => outcomesOf(page), SOON).toEqual(outcomes);
    const first = requestsOf(page).last();
    await first.locator('summary').click();
    await expect.poll(() => first.locator('.face').count(), SOON).toBe(3);
  }, 60_000);
});

const greyPhoto = (): Promise<Uint8Array> =>
  sharp({ create: { width: 64, height: 48, channels: 3, background: '#888' } })
    .png()
    .toBuffer();

describe('the settings page', () => {
  it('tells what is set, where that comes from, and how the service does', async () => {
    const page = await visitSignedIn('/settings');
    const row = (flag: string) => page.getByRole('row').filter({ hasText: flag });
    await expect.poll(() => row('--data-dir').innerText(), SOON).toContain(dataDir);
    expect(await row('--data-dir').innerText()).toMatch(/\bflag\b.*FACEFLEET_DATA_DIR/s);
    expect(await row('--policy').innerText()).toMatch(/one-per-message\s+default/);
    expect(await row('--admin-key').innerText()).not.toContain(KEY);
    const checks = page.locator('.finding');
    await expect.poll(() => checks.count(), SOON).toBeGreaterThan(4);
    expect(await checks.filter({ hasText: 'models' }).innerText()).toMatch(/^ok/);
    await press(page, 'Look again');
    await expect
      .poll(() => page.locator('.checks-tally').innerText(), SOON)
      .toMatch(/^All is well$|want a look$/);
  }, 60_000);
});

const PAGES = ['/', '/people', '/people/x', '/requests', '/settings', '/fleet', '/api'];

describe('the pages of the console', () => {
  it.each(LOOKS)(
    'have nothing that axe finds fault with: %s',
    async (look, viewport, colorScheme) => {
      const check = (page: Page, what: string) =>
        expectFaultless(page, `${what}-${look.replace(', ', '-')}`);
      const options = { viewport, colorScheme, reducedMotion: 'reduce' } as const;
      const page = await visitSignedIn('/requests', options);
      const first = requestsOf(page).last();
      await first.locator('summary').click();
      await expect.poll(() => first.locator('.face').count(), SOON).toBe(3);
      await check(page, 'requests');
      await page.goto(`${service.url}/settings`);
      await expect.poll(() => page.locator('.finding').count(), SOON).toBeGreaterThan(4);
      await check(page, 'settings');
      await page.goto(`${service.url}/api`);
      await page.locator('summary').first().click();
      await check(page, 'api');
    },
    60_000,
  );

  it('weigh little', async () => {
    for (const path of PAGES) {
      // A context of its own, so that nothing is known from before.
      const context = await browser.newContext({ locale: 'en-US' });
      const page = await context.newPage();
      const bodies: Promise<Buffer>[] = [];
      page.on('response', (response) => {
        if (!response.url().includes('/v1/')) bodies.push(response.body());
      });
      await page.goto(`${service.url}${path}`);
      await page.locator('html.scripted, .statechart, .api').first().waitFor();
      const sizes = (await Promise.all(bodies)).map((body) => gzipSync(body).length);
      const weight = sizes.reduce((sum, size) => sum + size, 0);
      expect(weight).toBeGreaterThan(5000);
      expect(weight).toBeLessThan(300_000);
      await context.close();
    }
  }, 60_000);
});
