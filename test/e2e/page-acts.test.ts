import { readFile } from 'node:fs/promises';

import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Outcome } from '../../src/bus/messages.ts';
import { found, serve } from '../http/serve.ts';
import { axeViolations } from './axe.ts';
import { launchBrowser } from './browser.ts';
import { plugInCamera } from './camera.ts';
import { boxed, choose, noise } from './chosen-photos.ts';
import { screenshot, visit } from './visit.ts';

const damaged: Outcome = {
  error: { code: 'undecodable_image', message: 'The photo is damaged. Send another one.' },
};
const overloaded: Outcome = {
  error: { code: 'deadline_exceeded', message: 'No answer in time. Send it again.' },
};

const failCamera = (page: Page, name: string): Promise<unknown> =>
  page.evaluate(
    `{ navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', '${name}')) }`,
  );

/** Clicks what starts a download and gives its name and text. */
async function downloaded(page: Page, button: string): Promise<[name: string, text: string]> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: button }).click();
  const file = await download;
  return [file.suggestedFilename(), await readFile(await file.path(), 'utf8')];
}

describe('the upload page', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  it('shows how far all photos together are', async () => {
    const answers: (() => void)[] = [];
    const { url } = await serve({
      recognise: () => new Promise((resolve) => answers.push(() => resolve(found(boxed('Ada'))))),
    });
    const page = await visit(browser, url);
    const bar = page.getByRole('progressbar', { name: 'All photos' });
    const shown = async (): Promise<number> =>
      Number(await page.evaluate(`document.querySelector('.overall').value`));
    await choose(page, await noise('a.jpg'), await noise('b.jpg'));
    await page.getByText('0 of 2 done').waitFor();
    await expect.poll(shown, { timeout: 30_000 }).toBe(0.5);
    answers[0]?.();
    await page.getByText('1 of 2 done').waitFor();
    await expect.poll(shown, { timeout: 30_000 }).toBe(0.75);
    expect(await page.getByRole('table').isVisible()).toBe(false);
    await screenshot(page, 'all-photos');
    answers[1]?.();
    await page.getByText('2 photos').waitFor();
    expect(await bar.isVisible()).toBe(false);
  });

  it('gives the results as a table to look at, to copy and to download', async () => {
    const outcomes: Record<string, Outcome> = {
      'both, here.jpg': found(boxed('=HYPERLINK("x")'), boxed('unknown', -0.0512345)),
      'empty.jpg': found(),
      'damaged.jpg': damaged,
    };
    const { url } = await serve({ recognise: ({ fileName }) => outcomes[fileName] ?? found() });
    const page = await visit(browser, url, { permissions: ['clipboard-read', 'clipboard-write'] });
    for (const name of Object.keys(outcomes)) await choose(page, await noise(name));
    await page.getByText('3 photos, 1 failed').waitFor();
    const cells = await page.evaluate(
      `[...document.querySelectorAll('tbody tr')].map((row) =>
        [...row.cells].map((cell) => cell.textContent))`,
    );
    expect(cells).toEqual([
      ['both, here.jpg', '=HYPERLINK("x")', '0.71', '16, 24 · 40 × 48'],
      ['both, here.jpg', 'unknown', '-0.05', '16, 24 · 40 × 48'],
      ['empty.jpg', 'no_face', '', ''],
      ['damaged.jpg', 'The photo is damaged. Send another one.', '', ''],
    ]);

    const head = 'photo,face,name,similarity,score,x,y,width,height,error\r\n';
    expect(await downloaded(page, 'Download CSV')).toEqual([
      'faces.csv',
      head +
        `"both, here.jpg",1,"'=HYPERLINK(""x"")",0.71,0.99,16,24,40,48,\r\n` +
        '"both, here.jpg",2,unknown,-0.0512,0.99,16,24,40,48,\r\n' +
        'empty.jpg,,no_face,,,,,,,\r\n' +
        'damaged.jpg,,,,,,,,,The photo is damaged. Send another one.\r\n',
    ]);
    const [name, json] = await downloaded(page, 'Download JSON');
    expect(name).toBe('faces.json');
    expect(JSON.parse(json)).toMatchObject([
      { fileName: 'both, here.jpg', faces: [{ similarity: 0.71 }, { similarity: -0.0512345 }] },
      { fileName: 'empty.jpg', faces: [] },
      { fileName: 'damaged.jpg', error: { code: 'undecodable_image' } },
    ]);
    await page.getByRole('button', { name: 'Copy the table' }).click();
    await page.getByText('Copied.').waitFor();
    const copied = String(await page.evaluate('navigator.clipboard.readText()'));
    expect(copied.split(/\r?\n/)[0]).toBe(head.trim().replaceAll(',', '\t'));
    expect(copied.split(/\r?\n/)[1]).toContain(`both, here.jpg\t1\t'=HYPERLINK("x")\t0.71`);
  });

  it('sends again all that failed and may succeed', async () => {
    let isDown = true;
    const sent: string[] = [];
    const { url } = await serve({
      recognise({ fileName }) {
        sent.push(fileName);
        if (fileName === 'damaged.jpg') return damaged;
        return isDown ? overloaded : found(boxed('Ada'));
      },
    });
    const page = await visit(browser, url);
    page.removeAllListeners('console'); // Chromium's own lines about the 504s
    const names = ['a.jpg', 'b.jpg', 'damaged.jpg'];
    await choose(page, ...(await Promise.all(names.map((name) => noise(name)))));
    await page.getByText('3 photos, 3 failed').waitFor();
    isDown = false;
    sent.length = 0;
    await page.getByRole('button', { name: 'Retry failed' }).click();
    await page.getByText('3 photos, 1 failed').waitFor();
    expect(sent.toSorted()).toEqual(['a.jpg', 'b.jpg']);
    expect(await page.getByRole('button', { name: /again|Retry/ }).count()).toBe(0);
  });

  it('takes a photo with the camera, and lets go of it', async () => {
    const { url, queued } = await serve({ recognise: () => found(boxed('Ada')) });
    const page = await visit(browser, url);
    await plugInCamera(page);
    await page.getByRole('button', { name: 'Use the camera' }).click();
    const shoot = page.getByRole('button', { name: 'Take a photo' });
    await expect.poll(() => shoot.isEnabled(), { timeout: 30_000 }).toBe(true);
    await screenshot(page, 'camera');
    // It has the focus: the keyboard alone takes the photo.
    await page.keyboard.press('Enter');
    await page.getByText('1 photo').waitFor();
    expect(queued.map(({ fileName }) => fileName)).toEqual(['camera-1.jpg']);
    const { width, height, format } = await sharp(queued[0]?.photo).metadata();
    expect(format).toBe('jpeg');
    expect(width).toBeGreaterThanOrEqual(640);
    expect(height).toBeGreaterThanOrEqual(480);
    expect(await page.getByRole('dialog').isVisible()).toBe(false);
    expect(await page.evaluate(`document.querySelector('video').srcObject === null`)).toBe(true);
  });

  it.each([
    ['refused', 'NotAllowedError', 'The camera was refused.'],
    ['absent', 'NotFoundError', 'There is no camera here.'],
    ['in use', 'NotReadableError', 'Another program has the camera.'],
  ])('says that the camera is %s', async (what, error, says) => {
    const { url } = await serve();
    const page = await visit(browser, url);
    await failCamera(page, error);
    await page.getByRole('button', { name: 'Use the camera' }).click();
    await page.getByText(says).waitFor();
    expect(await page.getByRole('button', { name: 'Take a photo' }).isDisabled()).toBe(true);
    if (what === 'refused') await screenshot(page, 'camera-refused');
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').isVisible()).toBe(false);
  });

  it('says that a page over plain HTTP gets no camera', async () => {
    const { url } = await serve();
    const page = await visit(browser, url);
    await page.evaluate(`Object.defineProperty(navigator, 'mediaDevices', { value: undefined })`);
    await page.getByRole('button', { name: 'Use the camera' }).click();
    const message = page.locator('.camera-message');
    await expect
      .poll(() => message.innerText())
      .toBe(
        'Browsers give the camera only to pages on https:// or localhost. Choose a photo instead.',
      );
  });

  it.each([
    ['desktop, light', { width: 1280, height: 800 }, 'light'],
    ['desktop, dark', { width: 1280, height: 800 }, 'dark'],
    ['phone, light', { width: 390, height: 844 }, 'light'],
    ['phone, dark', { width: 390, height: 844 }, 'dark'],
  ] as const)('has nothing that axe finds fault with: %s', async (look, viewport, colorScheme) => {
    const name = look.replace(', ', '-');
    const outcomes: Record<string, Outcome> = {
      'a photo.jpg': found(boxed('Ada Lovelace'), {
        ...boxed('unknown', 0.12),
        box: { x: 96, y: 30, width: 36, height: 42 },
      }),
      'empty.jpg': found(),
      'damaged.jpg': damaged,
    };
    const { url } = await serve({ recognise: ({ fileName }) => outcomes[fileName] ?? overloaded });
    const options = { viewport, colorScheme, reducedMotion: 'reduce' } as const;
    const page = await visit(browser, url, options);
    await plugInCamera(page);
    page.removeAllListeners('console'); // Chromium's own lines about the 504s
    expect(await axeViolations(page)).toEqual([]);
    await screenshot(page, `${name}-start`);

    const names = [...Object.keys(outcomes), 'late.jpg', 'later.jpg'];
    await choose(page, ...(await Promise.all(names.map((each) => noise(each)))));
    await page.getByText('5 photos, 3 failed').waitFor();
    await page.locator('.face').nth(1).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth > innerWidth')).toBe(false);
    await screenshot(page, `${name}-results`);

    await page.getByRole('button', { name: 'Use the camera' }).click();
    const shoot = page.getByRole('button', { name: 'Take a photo' });
    await expect.poll(() => shoot.isEnabled(), { timeout: 30_000 }).toBe(true);
    expect(await axeViolations(page)).toEqual([]);
    await page.screenshot({ path: `test/.cache/screenshots/${name}-camera.png` });
  });
});
