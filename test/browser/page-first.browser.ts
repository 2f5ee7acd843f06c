import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { DevServer } from '../../local/dev-server.ts';
import { openTestLake, type TestLake } from '../lake/open.ts';
import { axe } from './axe.ts';
import { launch, openPage, serve } from './serving.ts';

const SITE = `site: shop\ntime_zone: UTC\nhosts: [shop.example]\nwrite_keys: ["it's a key"]\n`;
let browser: Browser;
let lake: TestLake;
let server: DevServer;

beforeAll(async () => {
  [browser, lake] = await Promise.all([launch(), openTestLake(SITE)]);
  server = await serve(lake.lake);
});

afterAll(async () => {
  await lake?.lake.runtime.stop();
  await browser?.close();
  await server?.close();
  await lake?.close();
});

it('says what to do in an empty lake, and turns live when somebody does it', async () => {
  const { page, complaints } = await openPage(browser, server.ui);
  await page.waitForSelector('.snippet pre');
  expect((await axe(page)).wrong).toEqual([]);
  const [tag, curl] = await page.$$eval('.snippet pre', (all) => all.map((one) => one.textContent!));
  expect(tag).toBe(
    `<script async src="${server.collector}/v1/retcon.js" data-site="shop" data-key="it's a key"></script>`,
  );

  // What the page says to type, typed: the words between the shell's quotes are the body.
  const body = /-d '(.*)'$/s.exec(curl!)![1]!.replaceAll("'\\''", "'");
  const reply = await fetch(`${server.collector}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  expect([reply.status, await reply.json()]).toEqual([202, { accepted: 1, rejected: [] }]);
  lake.lake.runtime.start();
  await vi.waitFor(
    async () => expect(await page.textContent('.heading')).toContain('1 day, 1 fact, 1 session'),
    { timeout: 90_000, interval: 250 },
  );
  expect(
    await page.$$eval('td.day.is-open', (cells) => cells.map((cell) => cell.getAttribute('aria-label'))),
  ).toEqual([expect.stringMatching(/, open, 1 fact, 1 session$/)]);
  expect(await page.$$('.welcome')).toEqual([]);
  expect(complaints).toEqual([]);
  await page.close();
});
