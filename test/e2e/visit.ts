import { join } from 'node:path';

import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';

import { packageRoot } from '../../src/package-root.ts';

const SCREENSHOTS = join(packageRoot, 'test/.cache/screenshots');

/** Chromium's own line about a response that is no success; the page says it in its own words. */
const REFUSAL = /^Failed to load resource: the server responded with a status of 4\d\d/;

/**
 * Opens a page as a fresh visitor. When the test is over, the page must have asked no other host for
 * anything and have no error in its console.
 */
export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-US', ...options });
  const page = await context.newPage();
  const errors: string[] = [];
  const hosts = new Set<string>();
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !REFUSAL.test(message.text())) errors.push(message.text());
  });
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  onTestFinished(async () => {
    await context.close();
    hosts.delete(''); // blob: URLs of photos
    expect([...hosts]).toEqual([new URL(url).host]);
    expect(errors).toEqual([]);
  });
  await page.goto(url);
  return page;
}

/** For people to look at; git ignores them. */
export async function screenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({
    path: join(SCREENSHOTS, `${name}.png`),
    fullPage: true,
    animations: 'disabled',
  });
}
