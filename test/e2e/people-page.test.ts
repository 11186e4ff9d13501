import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { anotherPhotoOf, type Portrait, portraitsOf } from '../portraits.ts';
import { samplePhoto } from '../sample-photos.ts';
import { expectFaultless, LOOKS } from './axe.ts';
import { launchBrowser } from './browser.ts';
import { plugInCamera } from './camera.ts';
import { type ChosenFile, give } from './chosen-photos.ts';
import { type Service, startService } from './service.ts';
import { screenshot, visit } from './visit.ts';

/** A worker looks at each photo, and on a busy machine has to start first. */
const SOON = { timeout: 30_000 };

let browser: Browser;
let dataDir: string;
let service: Service;
let ada: Portrait;
let grace: Portrait;
let group: ChosenFile;

beforeAll(async () => {
  browser = await launchBrowser();
  dataDir = await mkdtemp(join(tmpdir(), 'facefleet-people-'));
  [ada, grace] = (await portraitsOf(1)) as [Portrait, Portrait];
  group = fileOf('group.jpg', await samplePhoto(1));
  service = await startService('--data-dir', dataDir, '--min-instances', '1');
}, 60_000);

afterAll(async () => {
  await browser.close();
  await service.stop();
  await rm(dataDir, { recursive: true, force: true });
});

beforeEach(async () => {
  for (const { id } of await people()) await api('DELETE', `/v1/people/${id}`);
});

interface Person {
  readonly id: string;
  readonly name: string;
  readonly faces: readonly unknown[];
}

const api = (method: string, path: string, body?: FormData | string): Promise<Response> =>
  fetch(`${service.url}${path}`, {
    method,
    ...(body !== undefined && { body }),
    ...(typeof body === 'string' && { headers: { 'Content-Type': 'application/json' } }),
  });

async function people(): Promise<readonly Person[]> {
  const page = (await (await api('GET', '/v1/people?limit=200')).json()) as { people: Person[] };
  return page.people;
}

/** Who is in the gallery, with how many photos. */
const namesAndFaces = async (): Promise<[string, number][]> =>
  (await people()).map(({ name, faces }) => [name, faces.length]);

/** Enrols somebody by the API alone. */
async function enrol(name: string, ...photos: Uint8Array[]): Promise<string> {
  const { id } = (await (
    await api('POST', '/v1/people', JSON.stringify({ name }))
  ).json()) as Person;
  for (const photo of photos) {
    const form = new FormData();
    form.append('photo', new Blob([new Uint8Array(photo)]), 'photo.jpg');
    expect((await api('POST', `/v1/people/${id}/faces?confirm=yes`, form)).status).toBe(201);
  }
  return id;
}

const fileOf = (name: string, bytes: Uint8Array): ChosenFile => ({
  name,
  mimeType: 'image/jpeg',
  buffer: Buffer.from(bytes),
});

const dialogOf = (page: Page): Locator => page.getByRole('dialog');
const statusesOf = (page: Page): Promise<string[]> =>
  page.locator('.enrolment .status').allInnerTexts();
const press = (page: Page, name: string): Promise<void> =>
  page.getByRole('button', { name, exact: true }).click();

/** What the element says that has the focus. */
const focused = (page: Page): Promise<unknown> =>
  page.evaluate('document.activeElement.textContent');

/** The one that is shown. */
const nameField = (page: Page): Locator => page.getByRole('combobox', { name: 'Name' });

/** Names who is on the photos of the dialog, and enrols them: by the key, since the button moves as photos load. */
async function sayWho(page: Page, name: string): Promise<void> {
  await nameField(page).fill(name);
  await expect.poll(() => page.locator('.enrol-submit').isEnabled(), SOON).toBe(true);
  await nameField(page).press('Enter');
}

describe('the people page', () => {
  it('says how to begin, and enrols what is dropped and named', async () => {
    const page = await visit(browser, `${service.url}/people`);
    await page.getByRole('heading', { name: 'Nobody is enrolled yet' }).waitFor();
    await give(page, 'drop', [
      fileOf('ada.jpg', ada.photo),
      fileOf('ada2.jpg', await anotherPhotoOf(ada)),
    ]);
    expect(await dialogOf(page).innerText()).toContain('Who is this?');
    await sayWho(page, 'Ada Lovelace');
    await expect
      .poll(() => statusesOf(page), SOON)
      .toEqual([expect.stringMatching(/^Enrolled/), expect.stringMatching(/^Enrolled/)]);
    await press(page, 'Close');
    const card = page.locator('.person-card');
    await expect.poll(() => card.innerText(), SOON).toMatch(/^Ada Lovelace\s+2 photos$/);
    const portrait = card.locator('img');
    await expect
      .poll(() => portrait.evaluate((image) => (image as never)['naturalWidth']))
      .toBe(160);
    expect(await namesAndFaces()).toEqual([['Ada Lovelace', 2]]);
  }, 60_000);

  it('asks which of several faces is meant, and says whom a face looks like', async () => {
    await enrol('Ada Lovelace', ada.photo);
    const page = await visit(browser, `${service.url}/people`);
    await give(page, 'drop', [group]);
    await sayWho(page, 'Grace Hopper');
    await expect
      .poll(() => statusesOf(page), SOON)
      .toEqual(['3 faces: choose the one that is meant']);
    await screenshot(page, 'people-which-face');
    // The largest face is Ada's.
    await press(page, 'Face 1');
    await expect
      .poll(() => statusesOf(page), SOON)
      .toEqual([expect.stringMatching(/^This looks like Ada Lovelace \(\d\.\d\d\)$/)]);
    await press(page, 'Leave it out');
    await expect.poll(() => statusesOf(page), SOON).toEqual(['Left out']);
    // The keyboard goes on from where there is something left to do.
    await expect.poll(() => focused(page), SOON).toBe('Close');
    await page.keyboard.press('Enter');

    // Whoever goes away from a question leaves nobody in the gallery without a photo.
    await give(page, 'drop', [group]);
    await sayWho(page, 'Grace Hopper');
    await page.getByRole('button', { name: 'Face 1' }).waitFor();
    await press(page, 'Close');
    expect(await namesAndFaces()).toEqual([['Ada Lovelace', 1]]);

    await give(page, 'drop', [group]);
    await sayWho(page, 'Grace Hopper');
    await press(page, 'Face 2');
    await expect.poll(namesAndFaces, SOON).toEqual([
      ['Ada Lovelace', 1],
      ['Grace Hopper', 1],
    ]);
  }, 60_000);

  it('takes names as they are written, and refuses others in words', async () => {
    const page = await visit(browser, `${service.url}/people`);
    const name = '<b onclick="x">Ada</b> 👩🏽‍💻 & “Co”';
    await give(page, 'drop', [fileOf('ada.jpg', ada.photo)]);
    await sayWho(page, 'unknown');
    await page.getByText('is what answers say of nobody').waitFor();
    // Nobody can write more than a name may have.
    await nameField(page).fill('x'.repeat(300));
    expect(await nameField(page).inputValue()).toHaveLength(255);
    await sayWho(page, name);
    await expect.poll(namesAndFaces, SOON).toEqual([[name, 1]]);
    await press(page, 'Close');
    await expect.poll(() => page.locator('.person-card .name').innerText(), SOON).toBe(name);
    await page.locator('.person-card').click();
    await expect.poll(() => page.locator('h1').innerText(), SOON).toBe(name);
  }, 60_000);

  it('says of a photo without a face, and of no photo at all, why it is not enrolled', async () => {
    const page = await visit(browser, `${service.url}/people`);
    await page.getByRole('button', { name: 'Add somebody' }).first().click();
    await plugInCamera(page);
    await press(page, 'Use the camera');
    await expect
      .poll(() => page.getByRole('button', { name: 'Take a photo' }).isEnabled(), SOON)
      .toBe(true);
    await press(page, 'Take a photo');
    await expect.poll(() => statusesOf(page), SOON).toEqual(['Ready']);
    await page
      .locator('#enrol-photos')
      .setInputFiles([
        { name: 'notes.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('not a photo') },
      ]);
    await expect.poll(() => statusesOf(page), SOON).toEqual(['Ready', 'Ready']);
    await sayWho(page, 'Ada');
    await expect
      .poll(() => statusesOf(page), SOON)
      .toEqual([
        expect.stringContaining('There is no face on the photo.'),
        expect.stringContaining('This is not a photo'),
      ]);
    await expect.poll(namesAndFaces, SOON).toEqual([]);
  }, 60_000);

  it('saves the gallery as a zip, and takes people from one', async () => {
    const id = await enrol('Ada Lovelace', ada.photo);
    const page = await visit(browser, `${service.url}/people`);
    await expect.poll(() => page.locator('.person-card').count(), SOON).toBe(1);
    const download = page.waitForEvent('download');
    await press(page, 'Export');
    const zip = join(dataDir, 'saved.zip');
    await (await download).saveAs(zip);
    await api('DELETE', `/v1/people/${id}`);
    await page.locator('#import').setInputFiles(zip);
    await page.getByText('1 person and 1 photo added.').waitFor();
    await give(page, 'drop', [
      { name: 'again.zip', mimeType: 'application/zip', buffer: await readFile(zip) },
    ]);
    await page.getByText('0 people and 0 photos added; 1 were there already.').waitFor();
    await expect.poll(namesAndFaces, SOON).toEqual([['Ada Lovelace', 1]]);
    await page
      .locator('#import')
      .setInputFiles({ name: 'x.zip', mimeType: 'application/zip', buffer: Buffer.from('no zip') });
    await page
      .locator('.failure')
      .getByText(/no zip file/)
      .waitFor();
    expect(await namesAndFaces()).toEqual([['Ada Lovelace', 1]]);
  }, 60_000);

  it('finds people by a part of their name, page by page', async () => {
    for (let number = 1; number <= 62; number++) await enrol(`Person ${number}`);
    const page = await visit(browser, `${service.url}/people`);
    const cards = page.locator('.person-card');
    await expect.poll(() => cards.count(), SOON).toBe(60);
    await press(page, 'Show more');
    await expect.poll(() => cards.count(), SOON).toBe(62);
    await page.getByLabel('Search by name').fill('son 6');
    await expect.poll(() => page.locator('.page-head .tally').innerText(), SOON).toBe('4 people');
    await page.getByLabel('Search by name').fill('nobody');
    await page.getByText('Nobody is called “nobody”').waitFor();
    expect(await page.getByText('Nobody is enrolled yet').isVisible()).toBe(false);
  }, 60_000);
});

describe('the page of a person', () => {
  it('renames, merges, splits and erases', async () => {
    const id = await enrol('Ada', ada.photo, grace.photo);
    await enrol('A. Lovelace', await anotherPhotoOf(ada));
    const page = await visit(browser, `${service.url}/people/${id}`);
    await expect.poll(() => page.locator('h1').innerText(), SOON).toBe('Ada');

    await press(page, 'Rename');
    await nameField(page).fill('Ada Lovelace');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('h1').innerText(), SOON).toBe('Ada Lovelace');

    await press(page, 'Rename');
    await nameField(page).fill('A. Lovelace');
    await page.keyboard.press('Enter');
    await page.getByText('Somebody is called "A. Lovelace" already.').waitFor();

    await press(page, 'Merge');
    await nameField(page).fill('A. Lovelace');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.tally').first().innerText(), SOON).toBe('3 photos');
    expect(await namesAndFaces()).toEqual([['Ada Lovelace', 3]]);

    await page.getByLabel('Select photo 2').check();
    await page.getByText('1 photo selected').waitFor();
    await press(page, 'They are somebody else');
    await nameField(page).fill('Grace Hopper');
    await page.keyboard.press('Enter');
    await expect.poll(namesAndFaces, SOON).toEqual([
      ['Ada Lovelace', 2],
      ['Grace Hopper', 1],
    ]);
    await expect.poll(() => page.locator('.face-card').count(), SOON).toBe(2);
    await page.getByText('Moved to Grace Hopper').waitFor();
    expect(await focused(page)).toBe('Ada Lovelace');

    await page.getByLabel('Select photo 1').check();
    await press(page, 'Erase them');
    await dialogOf(page).getByRole('button', { name: 'Erase' }).click();
    await expect.poll(namesAndFaces, SOON).toEqual([
      ['Ada Lovelace', 1],
      ['Grace Hopper', 1],
    ]);

    await press(page, 'Erase');
    await dialogOf(page).getByText('This cannot be taken back.').waitFor();
    await press(page, 'Cancel');
    expect(await namesAndFaces()).toHaveLength(2);
    await press(page, 'Erase');
    await dialogOf(page).getByRole('button', { name: 'Erase' }).click();
    await page.waitForURL('**/people');
    expect(await namesAndFaces()).toEqual([['Grace Hopper', 1]]);
  }, 60_000);

  it('says that there is no such person', async () => {
    const page = await visit(browser, `${service.url}/people/nobody`);
    const failure = page.locator('.failure');
    await expect.poll(() => failure.innerText(), SOON).toContain('knows nobody called "nobody"');
    await expectFaultless(page, 'person-unknown');
  });
});

describe('the people pages', () => {
  it.each(LOOKS)(
    'have nothing that axe finds fault with: %s',
    async (look, viewport, colorScheme) => {
      const check = (page: Page, what: string) =>
        expectFaultless(page, `${what}-${look.replace(', ', '-')}`);
      const options = { viewport, colorScheme, reducedMotion: 'reduce' } as const;
      const page = await visit(browser, `${service.url}/people`, options);
      await page.getByText('Nobody is enrolled yet').waitFor();
      await check(page, 'people-empty');

      await enrol('Ada Lovelace', ada.photo, await anotherPhotoOf(ada));
      await enrol('Grace Brewster Murray Hopper of the United States Navy', grace.photo);
      await page.reload();
      await expect.poll(() => page.locator('.person-card img[src]').count(), SOON).toBe(2);
      await check(page, 'people');

      await give(page, 'drop', [group]);
      await sayWho(page, 'Katherine Johnson');
      await expect.poll(() => page.locator('.face-choice').count(), SOON).toBe(3);
      await check(page, 'people-enrol');
      await press(page, 'None of them');
      await press(page, 'Close');

      await page.getByText('Ada Lovelace').click();
      await page.getByLabel('Select photo 1').check();
      await check(page, 'person');
      await press(page, 'Merge');
      await check(page, 'person-merge');
      await press(page, 'Cancel');
      await press(page, 'Erase');
      await check(page, 'person-erase');
    },
    60_000,
  );
});
