import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { packageRoot } from '../../src/package-root.ts';
import { liveThrough } from '../../src/simulation/laboratory.ts';
import { expectFaultless } from './axe.ts';
import { launchBrowser } from './browser.ts';
import { facefleet } from './service.ts';
import { screenshot, visit } from './visit.ts';

let browser: Browser;
let folder: string;
let log: string;

const SOON = { timeout: 30_000 };

beforeAll(async () => {
  browser = await launchBrowser();
  folder = mkdtempSync(join(tmpdir(), 'facefleet-replay-'));
  log = join(folder, 'fleet.jsonl');
  const pages = await liveThrough(
    {
      seed: 4,
      world: 'aws',
      policy: 'literal',
      instances: 19,
      photosPerSecond: 0.5,
      minutes: 20,
      happenings: [{ at: 60_000, type: 'burst', photos: 12 }],
    },
    new AbortController().signal,
  );
  for (const { head, events } of pages) {
    const lines = [{ v: 1, type: 'snapshot', ...head }, ...events];
    appendFileSync(log, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }
});

afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

/** Runs `facefleet replay` until the test is over, and resolves with its address. */
async function replay(path: string): Promise<string> {
  const program = join(packageRoot, 'bin', 'facefleet.js');
  const child: ChildProcess = spawn(process.execPath, [program, 'replay', path, '--port', '0']);
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
  });
  let output = '';
  for await (const chunk of child.stdout ?? []) {
    output += String(chunk);
    const url = /on (http\S+)/.exec(output)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error('facefleet replay ended.');
}

const badgeOf = (page: Page): Promise<string> => page.locator('.badge').innerText();

describe('facefleet replay', () => {
  it('opens a log from elsewhere, plays it, and leads to any moment', async () => {
    const page = await visit(browser, await replay(log), {
      viewport: { width: 1280, height: 900 },
    });
    await expect.poll(() => badgeOf(page), SOON).toMatch(/^A recording of /);
    await page.getByLabel('Moment').fill('0.06');
    await expect.poll(() => page.locator('.now').innerText(), SOON).toMatch(/of 19 instances/);
    const decisions = page.locator('.decision');
    await expect.poll(() => decisions.count(), SOON).toBeGreaterThan(3);
    await screenshot(page, 'replay');

    const before = await page.locator('.moment').innerText();
    await page.getByLabel('Speed').selectOption('100×');
    await page.keyboard.press('Escape');
    await page.locator('h1').click();
    await page.keyboard.press(' ');
    await expect.poll(() => page.locator('.moment').innerText(), SOON).not.toBe(before);
  });

  it('saves what is shown as a log that it opens again', async () => {
    const page = await visit(browser, await replay(log));
    await expect.poll(() => badgeOf(page), SOON).toMatch(/^A recording of /);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'JSON lines' }).click(),
    ]);
    const saved = join(folder, 'saved.jsonl');
    await download.saveAs(saved);
    const [head, ...lines] = (await readFile(saved, 'utf8')).trim().split('\n');
    expect(JSON.parse(head ?? '')).toMatchObject({ v: 1, type: 'snapshot' });
    expect(lines.length).toBeGreaterThan(10);

    const again = await visit(browser, await replay(saved));
    await expect.poll(() => badgeOf(again), SOON).toMatch(/^A recording of /);
    expect(await again.locator('.notice-line').isVisible()).toBe(false);
  });

  it.each(['SVG', 'Mermaid', 'SCXML', 'PNG'])('saves a statechart as %s', async (format) => {
    const page = await visit(browser, await replay(log));
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('.chart-head').getByText(format).click(),
    ]);
    const content = await readFile(await download.path());
    const beginning = content.subarray(0, 20).toString('latin1');
    expect(beginning).toMatch(
      { SVG: /^<svg/, Mermaid: /^stateDiagram-v2/, SCXML: /^<\?xml/, PNG: /PNG/ }[format] ?? /^$/,
    );
  });

  it('opens as far as it goes when the last line is torn, and says so', async () => {
    const torn = join(folder, 'torn.jsonl');
    writeFileSync(torn, await readFile(log));
    appendFileSync(torn, '{"v":1,"type":"worker.id');
    const page = await visit(browser, await replay(torn));
    await page.getByText('torn.jsonl: its last line is torn').waitFor();
    expect(await page.locator('.decision').count()).toBeGreaterThan(3);
  });

  it('says in one sentence that something is no event log', async () => {
    for (const path of [join(packageRoot, 'package.json'), join(folder, 'nowhere')]) {
      const { code, stderr } = await facefleet('replay', path);
      expect(code).toBe(1);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stderr).toContain(path);
    }
  });
});

describe('the laboratory', () => {
  it('lives a scenario through, shows an instance that is stuck, and touches nothing real', async () => {
    const url = await replay(log);
    const page = await visit(browser, url, { viewport: { width: 1280, height: 900 } });
    await page.getByRole('button', { name: 'Laboratory', exact: true }).click();
    await page.getByText('Nothing real is touched.').waitFor();
    await expect.poll(() => badgeOf(page), SOON).toBe('Laboratory: simulated');
    await expect.poll(() => page.locator('.dot.pending').count(), SOON).toBe(19);

    await page.getByLabel('Fault').selectOption('An instance is stuck in pending');
    await page.getByRole('button', { name: 'now', exact: true }).click();
    await page.locator('.happenings').getByText('an instance is stuck in pending').waitFor();
    await page.getByLabel('Minutes').fill('15');
    await page.getByLabel('Minutes').press('Tab');
    await page.locator('.laboratory:not(.running)').waitFor();
    await page.getByLabel('Moment').fill('0.9');
    const stuck = page.locator('[data-state="pending.stuck"] .count');
    await expect.poll(() => stuck.textContent(), SOON).toBe('1');
    expect(await page.locator('.dot.trouble').count()).toBe(1);
    await expectFaultless(page, 'laboratory');

    // A link leads to the same life.
    const other = await visit(browser, page.url());
    await expect
      .poll(() => other.locator('[data-state="pending.stuck"] .count').textContent(), SOON)
      .toBe('1');

    await page.getByRole('button', { name: 'Leave the laboratory' }).click();
    await expect.poll(() => badgeOf(page), SOON).toMatch(/^A recording of /);
  }, 120_000);
});
