import { once } from 'node:events';

import type { Browser, Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Outcome } from '../../src/bus/messages.ts';
import { found, serve } from '../http/serve.ts';
import { launchBrowser } from './browser.ts';
import { BOX, boxed, choose, give, noise, PHOTO_HEIGHT, PHOTO_WIDTH } from './chosen-photos.ts';
import { screenshot, visit } from './visit.ts';

const cardOf = (page: Page, fileName: string): Locator =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: fileName }) });

const statusOf = (page: Page, fileName: string): Promise<string> =>
  cardOf(page, fileName).locator('.status').innerText();

describe('the upload page', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  it('shows who is on a chosen photo, with a box around the face', async () => {
    const { url } = await serve({ recognise: () => found(boxed('Ada Lovelace')) });
    const page = await visit(browser, url);
    await screenshot(page, 'idle');
    await choose(page, await noise('me.jpg'));
    const mark = page.locator('.face');
    await mark.waitFor();

    expect(await mark.innerText()).toBe('Ada Lovelace');
    expect(await page.locator('.people').innerText()).toMatch(/^Ada Lovelace\s+0\.71$/);
    expect(await statusOf(page, 'me.jpg')).toBe('1 face');
    expect(await inPhotoPixels(page, PHOTO_WIDTH)).toEqual(BOX);
    await screenshot(page, 'one-photo');
  });

  it('places boxes on the upright photo when the camera was turned', async () => {
    const { url } = await serve({ recognise: () => found(boxed('Ada Lovelace')) });
    const page = await visit(browser, url);
    const lying = await noise('turned.jpg');
    const buffer = await sharp(lying.buffer).withMetadata({ orientation: 6 }).toBuffer();
    await choose(page, { ...lying, buffer });
    await page.locator('.face').waitFor();
    // Upright it is as wide as the file is high.
    expect(await inPhotoPixels(page, PHOTO_HEIGHT)).toEqual(BOX);
  });

  it('shows numbers on the photo while there is no room for names', async () => {
    const left = { ...boxed('Katherine Johnson'), box: { ...BOX, x: 20, width: 24 } };
    const right = { ...boxed('Grace Hopper'), box: { ...BOX, x: 70, width: 24 } };
    const { url } = await serve({ recognise: () => found(left, right) });
    const page = await visit(browser, url, { viewport: { width: 1280, height: 800 } });
    await choose(page, await noise('both.jpg'));
    const marks = page.locator('.face');
    await expect.poll(() => marks.allInnerTexts()).toEqual(['Katherine Johnson', 'Grace Hopper']);
    await page.setViewportSize({ width: 320, height: 800 });
    await expect.poll(() => marks.allInnerTexts()).toEqual(['1', '2']);
    // Pointing at somebody in the list shows the name after all.
    await page.getByRole('listitem').filter({ hasText: 'Grace Hopper' }).last().hover();
    await expect.poll(() => marks.allInnerTexts()).toEqual(['1', 'Grace Hopper']);
  });

  it('tells unknown faces, no face, and damaged photos apart', async () => {
    const outcomes: Record<string, Outcome> = {
      'both.jpg': found(boxed('Ada Lovelace'), {
        ...boxed('unknown', 0.18),
        box: { ...BOX, x: 96 },
      }),
      'empty.jpg': found(),
      'damaged.jpg': {
        error: { code: 'undecodable_image', message: 'The photo is damaged. Send another one.' },
      },
    };
    const { url } = await serve({ recognise: ({ fileName }) => outcomes[fileName] ?? found() });
    const page = await visit(browser, url);
    await choose(
      page,
      await noise('both.jpg'),
      await noise('empty.jpg'),
      await noise('damaged.jpg'),
      { name: 'notes.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('not a photo') },
    );
    await page.getByText('4 photos').waitFor();

    expect(await statusOf(page, 'both.jpg')).toBe('2 faces');
    expect(await cardOf(page, 'both.jpg').locator('.person.unknown').innerText()).toMatch(
      /^unknown/,
    );
    expect(await statusOf(page, 'empty.jpg')).toBe('No face found');
    expect(await statusOf(page, 'damaged.jpg')).toBe('The photo is damaged. Send another one.');
    expect(await statusOf(page, 'notes.jpg')).toMatch(/^This is not a photo that can be read\./);
    // The same photo would fail again.
    expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0);
    await screenshot(page, 'outcomes');
  });

  it('takes photos that are dropped anywhere, and shows that it would', async () => {
    const { url, queued } = await serve();
    const page = await visit(browser, url);
    const photos = [await noise('a.jpg'), await noise('b.jpg')];
    const isOffered = (): Promise<unknown> =>
      page.evaluate(`getComputedStyle(document.querySelector('.drop-target')).opacity === '1'`);

    await give(page, 'dragover', photos);
    await expect.poll(isOffered).toBe(true);
    await screenshot(page, 'dragging');
    await give(page, 'drop', photos);
    await expect.poll(isOffered).toBe(false);
    await page.getByText('2 photos').waitFor();
    expect(queued.map(({ fileName }) => fileName).toSorted()).toEqual(['a.jpg', 'b.jpg']);
  });

  it('takes a photo that is pasted', async () => {
    const { url, queued } = await serve();
    const page = await visit(browser, url);
    await give(page, 'paste', [await noise('pasted.jpg')]);
    await page.getByText('1 photo').waitFor();
    expect(queued).toHaveLength(1);
  });

  it('shows what is sent, and then that it waits', async () => {
    const answer = new AbortController();
    const { url } = await serve({
      async recognise() {
        await once(answer.signal, 'abort');
        return found(boxed('Ada'));
      },
    });
    const page = await visit(browser, url);
    const network = await page.context().newCDPSession(page);
    await network.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: 400_000,
    });
    await choose(page, await noise('large.jpg', 1200, 900));
    await page.getByText(/Sending … [1-9]\d* %/).waitFor();
    await screenshot(page, 'sending');
    await page.getByText('Looking for faces …').waitFor();
    await screenshot(page, 'waiting');
    expect(await page.locator('.face').count()).toBe(0);
    answer.abort();
    await page.locator('.face').waitFor();
  });

  it('sends a few photos at a time and shows them all', async () => {
    let inFlight = 0;
    let most = 0;
    const { url } = await serve({
      async recognise() {
        inFlight += 1;
        most = Math.max(most, inFlight);
        await new Promise((resolve) => setTimeout(resolve, 30));
        inFlight -= 1;
        return found(boxed('Ada'));
      },
    });
    const page = await visit(browser, url);
    await choose(
      page,
      ...(await Promise.all(Array.from({ length: 12 }, (_, i) => noise(`${i}.jpg`)))),
    );
    await page.getByText('12 photos').waitFor();
    expect(await page.locator('.face').count()).toBe(12);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
  });

  it('says that the server is gone, and tries again when told to', async () => {
    const { url } = await serve({ recognise: () => found(boxed('Ada')) });
    const page = await visit(browser, url);
    // An answer that never comes, as from a server that was stopped; its console line is expected.
    await page.route('**/*', (route) => route.abort('connectionrefused'), { times: 1 });
    page.removeAllListeners('console');
    await choose(page, await noise('me.jpg'));
    await page.locator('.status', { hasText: 'The server does not answer.' }).waitFor();
    await screenshot(page, 'unreachable');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.face').waitFor();
    expect(await statusOf(page, 'me.jpg')).toBe('1 face');
  });

  it('says how to enrol when nobody is enrolled', async () => {
    const { url } = await serve({
      recognise: () => ({ faces: [boxed('unknown', null)], gallerySize: 0 }),
    });
    const page = await visit(browser, url);
    expect(await page.getByText('npx facefleet enroll DIR').isVisible()).toBe(false);
    await choose(page, await noise('me.jpg'));
    await page.getByText('npx facefleet enroll DIR').waitFor();
    await screenshot(page, 'empty-gallery');
  });

  it('is cleared by a button, photos under way included', async () => {
    const signals: AbortSignal[] = [];
    const { url } = await serve({
      recognise: (_, signal) => {
        signals.push(signal);
        return new Promise(() => {});
      },
    });
    const page = await visit(browser, url);
    await choose(page, await noise('me.jpg'));
    await page.getByText('Looking for faces …').waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    expect(await page.locator('.card').count()).toBe(0);
    await expect.poll(() => signals[0]?.aborted).toBe(true);
    await page.getByText('Choose photos from your device').waitFor();
  });

  it('takes names for text, whatever they look like', async () => {
    const name = '<img src=x onerror="document.title=1">';
    const { url } = await serve({ recognise: () => found(boxed(name)) });
    const page = await visit(browser, url);
    await choose(page, await noise('<b>.jpg'));
    await page.locator('.face').waitFor();
    expect(await page.locator('.people .name').innerText()).toBe(name);
    expect(await page.title()).toBe('facefleet');
  });

  it('is worked by the keyboard', async () => {
    const { url, queued } = await serve();
    const page = await visit(browser, url);
    const chooser = page.waitForEvent('filechooser');
    const isAtChooser = (): Promise<unknown> =>
      page.evaluate('document.activeElement.matches("input[type=file]")');
    // Past the links at the head of the page.
    for (let tabs = 0; tabs < 10 && !(await isAtChooser()); tabs++) {
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await (await chooser).setFiles(await noise('me.jpg'));
    await page.getByText('1 photo').waitFor();
    expect(queued.map(({ fileName }) => fileName)).toEqual(['me.jpg']);
  });

  it.each([
    ['phone, light', { width: 390, height: 844 }, 'light'],
    ['phone, dark', { width: 390, height: 844 }, 'dark'],
    ['desktop, dark', { width: 1280, height: 800 }, 'dark'],
  ] as const)('fits: %s', async (look, viewport, colorScheme) => {
    const long = 'Maria-Magdalena Wilhelmina Henriette von und zu Brandenburg-Schwedt';
    const { url } = await serve({
      recognise: ({ fileName }) =>
        fileName.startsWith('x') ? found(boxed('Ada'), boxed('unknown', 0.1)) : found(boxed(long)),
    });
    const page = await visit(browser, url, { viewport, colorScheme });
    const isTooWide = (): Promise<unknown> =>
      page.evaluate('document.documentElement.scrollWidth > innerWidth');
    const name = look.replace(', ', '-');
    expect(await isTooWide()).toBe(false);
    await screenshot(page, `${name}-idle`);
    await choose(page, await noise(`${'x'.repeat(200)}.jpg`), await noise('tall.jpg', 90, 160));
    await page.getByText('2 photos').waitFor();
    await page.locator('.face').nth(2).waitFor();
    expect(await isTooWide()).toBe(false);
    await screenshot(page, `${name}-photos`);
  });

  it('is a plain form without JavaScript', async () => {
    const { url } = await serve({ recognise: () => found(boxed('Ada'), boxed('unknown', 0.2)) });
    const page = await visit(browser, url, { javaScriptEnabled: false });
    await page.locator('input[type=file]').setInputFiles([await noise('me.jpg')]);
    await page.getByRole('button', { name: 'Recognise' }).click();
    await page.getByRole('heading', { name: 'me.jpg' }).waitFor();
    expect(await page.locator('.people').innerText()).toMatch(/Ada\s+0\.71[\s\S]+unknown\s+0\.20/);
    await screenshot(page, 'plain-form-answer');
  });
});

/** Where the mark stands on the photo, measured on the screen, in whole pixels of the photo. */
async function inPhotoPixels(page: Page, photoWidth: number): Promise<typeof BOX> {
  await page
    .locator('.face')
    .evaluate('(e) => Promise.all(e.getAnimations().map((a) => a.finished))');
  const photo = await page.locator('.stage img').boundingBox();
  const mark = await page.locator('.face').boundingBox();
  if (photo === null || mark === null) throw new Error('The photo and its mark are not visible.');
  const scale = photoWidth / photo.width;
  return {
    x: Math.round((mark.x - photo.x) * scale),
    y: Math.round((mark.y - photo.y) * scale),
    width: Math.round(mark.width * scale),
    height: Math.round(mark.height * scale),
  };
}
