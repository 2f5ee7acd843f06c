import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DevServer } from '../../local/dev-server.ts';
import { type LocalLake, openLocalLake } from '../../local/lake.ts';
import { axe } from './axe.ts';
import { LAST_DAY, NOW, writeBigLake } from './big-lake.ts';
import { launch, openPage, serve } from './serving.ts';

const SITES = 40;
const DAYS = 1095;
/** Well above a second, for machines that are busy; what it takes is printed. */
const PATIENCE_MS = 5000;
const home = mkdtempSync(join(tmpdir(), 'retcon-big-'));
let browser: Browser;
let lake: LocalLake;
let server: DevServer;

beforeAll(async () => {
  await writeBigLake(home, SITES, DAYS);
  browser = await launch();
  lake = await openLocalLake({ home, clock: { now: () => NOW } });
  server = await serve(lake);
  // `dev` has read every log when it begins to listen; this is the page's own first look.
  expect((await fetch(`${server.ui}ui/pulse`)).status).toBe(200);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await lake?.close();
  rmSync(home, { recursive: true, force: true });
});

/** Ms after navigation of the first content, and of the whole first view. */
async function paints(page: Page): Promise<{ first: number; whole: number }> {
  return page.evaluate(`({
    first: performance.getEntriesByName('first-contentful-paint')[0].startTime,
    whole: performance.getEntriesByName('shown')[0].startTime,
  })`);
}

it(`shows ${SITES} sites of three years at once, with little`, async () => {
  const blank = await openBlank();
  const { page, requests, complaints } = await openPage(browser, server.ui);
  const bytes = await Promise.all(
    requests.map(async (url) => (await (await fetch(url)).arrayBuffer()).byteLength),
  );
  const total = bytes.reduce((sum, one) => sum + one, 0);
  const nodes = await page.evaluate("document.getElementsByTagName('*').length");
  const { first, whole } = await paints(page);
  console.log(
    `first paint ${Math.round(first)} ms, all days painted ${Math.round(whole)} ms (an empty page here: ${Math.round(blank)} ms); ${requests.length} requests, ${total} bytes, ${nodes} elements`,
  );
  expect(await page.$$eval('.sites tbody tr', (rows) => rows.length)).toBe(SITES);
  expect(requests.length).toBeLessThan(45);
  expect(total).toBeLessThan(300_000);
  expect(nodes).toBeLessThan(1500);
  expect(Math.max(first, whole)).toBeLessThan(PATIENCE_MS);
  expect(complaints).toEqual([]);

  // Every site's picture has every one of its days: settled ones in blues, and the open one of today.
  const colours = (await page.$$eval('canvas.strip', (all) =>
    all.map((canvas) => {
      const { width, height } = canvas as unknown as { width: number; height: number };
      const brush = (
        canvas as unknown as {
          getContext(kind: string): {
            getImageData(x: number, y: number, w: number, h: number): { data: Uint8ClampedArray };
          };
        }
      ).getContext('2d');
      const { data } = brush.getImageData(0, 0, width, height);
      const seen = new Set<string>();
      for (let i = 0; i < data.length; i += 4)
        if (data[i + 3] === 255) seen.add(`${data[i]},${data[i + 1]},${data[i + 2]}`);
      return [...seen];
    }),
  )) as string[][];
  for (const seen of colours) {
    for (const wanted of ['27,90,148', '214,228,241', '23,132,90', '192,90,0'])
      expect(seen).toContain(wanted);
  }
  // Every fifth site has stale days.
  expect(colours.filter((seen) => seen.includes('192,37,59'))).toHaveLength(SITES / 5);
  await page.close();
});

it('keeps still while nothing moves', async () => {
  const { page } = await openPage(browser, server.ui);
  const sizes: number[] = [];
  page.on('response', async (response) => {
    if (response.url().includes('pulse')) sizes.push((await response.body()).byteLength);
  });
  await page.waitForTimeout(7000);
  expect(sizes.length).toBeGreaterThan(0);
  expect(Math.max(...sizes)).toBeLessThan(2000);
  await page.close();
});

it('finds a site, opens it, goes to its stale days', async () => {
  const { page } = await openPage(browser, server.ui);
  await page.fill('#filter', '-13');
  expect(await page.$$eval('.sites tbody tr', (rows) => rows.length)).toBe(1);
  await page.fill('#filter', '');
  await page.selectOption('#state', 'stale');
  expect(await page.$$eval('.sites tbody tr', (rows) => rows.length)).toBe(SITES / 5);
  await page.click('.sites tbody tr:first-child a');
  await page.waitForSelector('td[data-day]');
  expect(await page.textContent('h1')).toBe('site-03');
  expect(await page.$$eval('td[data-day]', (cells) => cells.length)).toBe(DAYS);
  expect(
    await page.$$eval('td[tabindex="0"]', (cells) => cells.map((cell) => cell.getAttribute('aria-label'))),
  ).toEqual([expect.stringContaining('26 November 2026, open')]);
  await page.click('.lookat a');
  expect(await page.$$eval('td[aria-selected]', (cells) => cells.map((cell) => cell.className))).toEqual([
    expect.stringContaining('is-stale'),
  ]);
  await page.selectOption('#only', 'stale');
  const shown = await page.$$eval('td.day:not(.dim)', (cells) => cells.length);
  expect(await page.textContent('.lookat h2')).toBe(`${shown} stale`);
  expect((await axe(page)).wrong).toEqual([]);
  expect(LAST_DAY).toBe('2026-11-26');
  await page.close();
});

async function openBlank(): Promise<number> {
  const page = await browser.newPage();
  await page.goto('data:text/html,<p>nothing');
  await page.waitForTimeout(300);
  const paint = await page.evaluate(
    "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0",
  );
  await page.close();
  return Number(paint);
}
