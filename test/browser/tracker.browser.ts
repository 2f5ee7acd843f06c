import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../shared/core/clock.ts';
import type { LandingRecord } from '../../shared/core/event/types.ts';
import { trackerScript } from '../../tracker/dist/script.ts';
import { collectWorld, site } from '../ingest/fake-world.ts';
import { serveCollector } from './collector-server.ts';

let browser: Browser;
let server: Server;
let url: string;
const open = site({ allowed_origins: [], write_keys: [] });
const { world, sent } = collectWorld({ clock: systemClock, randomBytes, tracker: trackerScript }, [open]);

const landed = (): LandingRecord[] => sent.flatMap((message) => message.records);
const views = () =>
  landed().flatMap((record) => (record.event_type === 'page_view' ? [record.url_path] : []));
const engaged = () => landed().filter((record) => record.event_type === 'engagement');

beforeAll(async () => {
  ({ server, url } = await serveCollector(world));
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
});

afterAll(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
});

beforeEach(() => {
  sent.length = 0;
});

test('page views on loading and on single-page navigation, by one visitor', async () => {
  const page = await browser.newPage();
  await page.goto(`${url}/first?utm_source=x`);
  await vi.waitFor(() => expect(views()).toEqual(['/first']), 10_000);
  await page.click('button');
  await vi.waitFor(() => expect(views()).toEqual(['/first', '/second']), 10_000);
  const [first, second] = landed().filter((record) => record.event_type === 'page_view');
  expect(first).toMatchObject({ utm_source: 'x', title: 'First', seq: 1 });
  expect(second).toMatchObject({ title: 'Second', referrer: `${url}/first?utm_source=x` });
  expect(second!.visitor_id).toBe(first!.visitor_id);
  expect(second!.user_agent).toContain('Chrome');
  const [cookie] = await page.context().cookies();
  expect(cookie).toMatchObject({ name: '_rc', value: first!.visitor_id, httpOnly: true, sameSite: 'Lax' });
  await page.close();
});

test('what waits and the engaged time arrive when the page is left at once', async () => {
  const page = await browser.newPage();
  await page.goto(`${url}/first`);
  await page.waitForFunction('window.__retcon');
  await page.evaluate("retcon('event', 'last words', { value: 2 })");
  await page.click('a');
  await vi.waitFor(() => {
    expect(landed().find((record) => record.event_name === 'last words')).toMatchObject({ value: 2 });
    expect(engaged().find((record) => record.url_path === '/first')!.value).toBeGreaterThan(0);
    expect(views()).toEqual(['/first', '/third']);
  }, 10_000);
  const ids = landed().map((record) => record.event_id);
  expect(new Set(ids).size).toBe(ids.length);
  await page.close();
});

test('and when the tab is closed', async () => {
  const page = await browser.newPage();
  await page.goto(`${url}/first`);
  await page.waitForFunction('window.__retcon');
  await page.close({ runBeforeUnload: true });
  await vi.waitFor(() => {
    expect(views()).toEqual(['/first']);
    expect(engaged()).toHaveLength(1);
  }, 10_000);
});
