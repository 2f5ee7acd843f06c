import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DevServer } from '../../local/dev-server.ts';
import type { TestLake } from '../lake/open.ts';
import { axe } from './axe.ts';
import { launch, openPage, serve } from './serving.ts';
import { HOSTILE, openTroubledLake } from './troubled-lake.ts';

const DAY = 86_400_000;
let browser: Browser;
let lake: TestLake;
let server: DevServer;

beforeAll(async () => {
  [browser, lake] = await Promise.all([launch(), openTroubledLake()]);
  server = await serve(lake.lake);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await lake?.close();
});

const at = (place: string): string => `${server.ui}#${place}`;
const unitOf = (daysAgo: number): string =>
  new Date((Math.floor(Date.now() / DAY) - daysAgo) * DAY).toISOString().slice(0, 10);

/** Opens everything that can be unfolded, and what that brings. */
async function unfold(page: Page): Promise<void> {
  for (let round = 0; round < 2; round++) {
    for (const closed of await page.$$('details:not([open]) > summary')) {
      if (await closed.isVisible()) await closed.click();
    }
    await page.waitForTimeout(400);
  }
}

/** Waits until an expression holds in the page. (The page's policy forbids what `waitForFunction` does.) */
async function truth(page: Page, expression: string): Promise<void> {
  await vi.waitFor(async () => expect(await page.evaluate(expression), expression).toBe(true), 20_000);
}

describe('nothing to reproach', () => {
  const schemes = ['light', 'dark'] as const;
  const places = ['/sites/shop', '/changes', '/rejected', '/work'];
  it.each(places.flatMap((place) => schemes.map((scheme) => ({ place, scheme }))))(
    'axe-core at $place, $scheme',
    async ({ place, scheme }) => {
      const { page, complaints } = await openPage(browser, at(place), { colorScheme: scheme });
      await page.waitForTimeout(500);
      await unfold(page);
      const { wrong, rules } = await axe(page);
      expect(wrong).toEqual([]);
      expect(rules).toBeGreaterThan(15);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  it('axe-core sees a fault that is put there', async () => {
    const { page } = await openPage(browser, at('/work'));
    await page.evaluate("document.querySelector('#bar .release').style.color = '#ccc'");
    await page.evaluate("document.querySelector('main').append(document.createElement('select'))");
    const { wrong } = await axe(page);
    const kinds = new Set(wrong.map((line) => line.slice(0, line.indexOf(':'))));
    expect([...kinds].sort()).toEqual(['color-contrast', 'select-name']);
    await page.close();
  });

  it.each([390, 700, 1000])('nothing sticks out at %d px', async (width) => {
    for (const place of ['/sites/shop', '/changes', '/rejected', '/work']) {
      const { page } = await openPage(browser, at(place), { viewport: { width, height: 800 } });
      await page.waitForTimeout(300);
      expect(await page.evaluate('document.documentElement.scrollWidth'), place).toBeLessThanOrEqual(width);
      await page.close();
    }
  });
});

it('asks nobody but this server, and keeps to reading', async () => {
  const { page, requests, complaints } = await openPage(browser, server.ui);
  for (const name of ['Changes', 'Rejected', 'Work', 'Days']) {
    await page.click(`nav a:has-text("${name}")`);
    await page.waitForTimeout(300);
  }
  expect(requests.length).toBeGreaterThan(10);
  expect(requests.filter((url) => !url.startsWith(server.ui))).toEqual([]);
  expect(await page.context().cookies()).toEqual([]);
  expect(complaints).toEqual([]);
  // Its policy would not let it ask anybody else, nor run a program that got into it.
  const outcome = await page.evaluate(
    "fetch('https://example.com/').then(() => 'answered', () => 'refused')",
  );
  expect(outcome).toBe('refused');
  await page.evaluate(
    "const s = document.createElement('script'); s.textContent = 'document.title = \"owned\"'; document.body.append(s)",
  );
  expect(await page.title()).not.toContain('owned');
  await page.close();
});

it('walks through the days by keyboard alone', async () => {
  const { page } = await openPage(browser, server.ui);
  const focused = () =>
    page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent");
  const heading = () => page.textContent('#day');
  const long = (unit: string): string =>
    new Intl.DateTimeFormat('en-GB', {
      weekday: 'short',
      day: 'numeric',
      month: 'long',
      year: 'numeric',
      timeZone: 'UTC',
    }).format(Date.parse(unit));
  await page.keyboard.press('Tab');
  expect(await focused()).toBe('Skip to content');
  for (let i = 0; i < 20 && !(await page.evaluate("document.activeElement.matches('td')")); i++) {
    await page.keyboard.press('Tab');
  }
  // Tab reaches exactly one day, the newest.
  const newest = unitOf(0);
  expect(await focused()).toContain(long(newest));
  expect(await page.$$eval('td[tabindex="0"]', (cells) => cells.length)).toBe(1);
  await page.keyboard.press('ArrowUp');
  expect(await focused()).toContain(long(unitOf(1)));
  expect(await heading()).toBe(long(unitOf(1)));
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Home');
  expect(await focused()).toContain(`${long(unitOf(6))}, reopened, 3 facts`);
  await truth(page, "document.querySelector('.panel dd')?.textContent.startsWith('3 (')");
  await page.keyboard.press('ArrowDown');
  expect(await focused()).toContain(', stale');
  await truth(page, "document.querySelector('.panel .why')?.textContent.includes('its facts changed since')");
  expect(page.url()).toContain(`#/sites/shop/${unitOf(5)}`);
  // Beyond the ends it stays.
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowRight');
  expect(await focused()).toContain(long(newest));
  // What is focused can be seen.
  const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineWidth');
  expect(Number.parseFloat(String(outline))).toBeGreaterThanOrEqual(2);
  await page.keyboard.press('Tab');
  expect(await page.evaluate("document.activeElement.matches('td')")).toBe(false);
  await page.close();
});

it('shows texts from outside as texts, their tricks made visible', async () => {
  const { page, complaints } = await openPage(browser, at('/rejected'));
  await page.waitForSelector('details');
  await unfold(page);
  const shown = HOSTILE.replace('\u202e', '\u27e8U+202E\u27e9').replace('\u2066', '\u27e8U+2066\u27e9');
  expect(await page.$$eval('.reason h2', (all) => all.map((one) => one.textContent))).toEqual([
    'too_long',
    'bad_time',
  ]);
  expect(await page.textContent('.example pre')).toBe(shown);
  expect(await page.textContent('.example p')).toBe(`1: ${shown}`);
  await page.goto(at('/changes'));
  await page.waitForSelector('.timeline li.current');
  await truth(page, "document.querySelectorAll('.apply').length === 3");
  await unfold(page);
  const times = async (selector: string) => (await page.textContent(selector))!.split(shown).length - 1;
  // Of the release: who, why, a change.
  expect(await times('.timeline li.current')).toBe(3);
  // Of the one being applied: what, who, why. Of the one looked at: these, the note, a channel, and in its example
  // the visitor (cut), and a channel and an address on both sides.
  expect(await times('section > div:nth-of-type(1)')).toBe(3);
  expect(await times('.preview')).toBe(1 + 1 + 4);
  expect(await page.textContent('section > div:nth-of-type(2)')).toContain('failed');
  await page.goto(at('/work'));
  await page.waitForSelector('.marts .why');
  expect(await page.textContent('.marts .why')).toBe(shown);
  expect(await page.textContent('.flow li:nth-child(2)')).toContain('gave up1');
  expect(await page.$$eval('img, main script', (all) => all.length)).toBe(0);
  expect(await page.title()).not.toContain('owned');
  expect(complaints).toEqual([]);
  await page.close();
});

it('draws what a proposal changes, and shows how far one is', async () => {
  const { page, complaints } = await openPage(browser, at('/changes'));
  await truth(page, "document.querySelectorAll('.apply').length === 3");
  await unfold(page);
  const rows = await page.$$eval('.preview table tbody tr', (all) =>
    all.map((row) => [...row.querySelectorAll('th, td.n')].map((cell) => cell.textContent)),
  );
  expect(rows).toContainEqual(['sessions', '1,000', '1,234', '+234']);
  expect(rows).toContainEqual(['Direct', '300', '334', '+34']);
  // Days are summed over sites: 2 x 100 .. 2 x 102 now. The most is 240: the axis goes to 250.
  const heights = await page.$eval('.line.now', (line) =>
    line
      .getAttribute('d')!
      .split(/[ML]/)
      .slice(1)
      .map((point: string) => Number(point.split(' ')[1])),
  );
  expect(heights).toEqual(
    [200, 202, 204].map((value) => Math.round((10 + (1 - value / 250) * 158) * 10) / 10),
  );
  expect(await page.getAttribute('.chart:last-of-type svg', 'aria-label')).toContain(
    '5 min 1,450, 10 min 1,400',
  );
  expect(await page.textContent('.preview')).toContain('split off: a pause longer than the timeout');
  // Seven days of the site, three datasets, nothing computed yet.
  const progress = await page.textContent('.apply');
  expect(progress).toContain('0% 0 of 21 results');
  expect(progress).toContain('0 of 1 site whole');
  expect(progress).toContain('at most $5');
  expect(complaints).toEqual([]);
  await page.close();
});

it('says so when the lake no longer answers, and comes back', async () => {
  const { page } = await openPage(browser, at('/work'));
  await page.route('**/ui/pulse**', (route) => route.abort());
  await truth(page, "document.querySelector('.live').textContent === 'The lake does not answer'");
  await page.unroute('**/ui/pulse**');
  await truth(page, "document.querySelector('.live').textContent === 'Live'");
  await page.close();
});
