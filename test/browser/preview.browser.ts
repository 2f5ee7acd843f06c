import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { previewPage } from '../../functions/publish/comparison/html/page.ts';
import { madeUpPreview } from '../comparison/made-up-preview.ts';
import { axe } from './axe.ts';
import { launch } from './serving.ts';

let browser: Browser;
let folder: string;
let url: string;

beforeAll(async () => {
  browser = await launch();
  folder = mkdtempSync(join(tmpdir(), 'retcon-preview-page-'));
  const file = join(folder, 'page.html');
  writeFileSync(file, previewPage(madeUpPreview()));
  url = pathToFileURL(file).href;
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The page with everything unfolded, and what it asked the network for. */
async function open(options: BrowserContextOptions): Promise<{ page: Page; requests: string[] }> {
  const page = await browser.newPage(options);
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => requests.push(String(error)));
  await page.goto(url);
  for (const closed of await page.$$('details:not([open]) > summary')) await closed.click();
  return { page, requests };
}

it.each(['light', 'dark'] as const)('nothing for axe-core to reproach, %s', async (colorScheme) => {
  const { page, requests } = await open({ colorScheme });
  const { wrong, rules } = await axe(page);
  expect(wrong).toEqual([]);
  expect(rules).toBeGreaterThan(20);
  expect(requests).toEqual([url]);
  await page.close();
});

it.each([1100, 380])('at %d pixels wide nothing sticks out, and no label is cut off', async (width) => {
  const { page } = await open({ viewport: { width, height: 800 } });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  // Labels of a chart lie inside of its frame.
  const cut = await page.evaluate(`[...document.querySelectorAll('.chart svg text')].filter((text) => {
    const [own, frame] = [text.getBoundingClientRect(), text.ownerSVGElement.getBoundingClientRect()];
    return own.left < frame.left - 1 || own.right > frame.right + 1 || own.bottom > frame.bottom + 1;
  }).map((text) => text.textContent)`);
  expect(cut).toEqual([]);
  await page.close();
});

it('folded tables are reached and opened by keyboard', async () => {
  const page = await browser.newPage();
  await page.goto(url);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await page.evaluate('document.activeElement.parentElement.open')).toBe(true);
  expect(await page.locator('details[open] table').first().isVisible()).toBe(true);
  await page.close();
});
