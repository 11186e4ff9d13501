import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import { screenshot } from './visit.ts';

/** How the pages of the console are looked at: a name, the window, and whether it is light or dark. */
export const LOOKS = [
  ['desktop, light', { width: 1280, height: 800 }, 'light'],
  ['desktop, dark', { width: 1280, height: 800 }, 'dark'],
  ['phone, light', { width: 360, height: 740 }, 'light'],
  ['phone, dark', { width: 360, height: 740 }, 'dark'],
] as const;

/** What axe finds wrong with the page as it stands, in short. */
export async function axeViolations(page: Page): Promise<unknown> {
  await page.evaluate(axe.source);
  return page.evaluate(`axe.run().then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`);
}

/** The page has nothing that axe finds fault with, and fits its window. Takes a picture of it. */
export async function expectFaultless(page: Page, name: string): Promise<void> {
  expect(await axeViolations(page)).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth > innerWidth')).toBe(false);
  await screenshot(page, name);
}
