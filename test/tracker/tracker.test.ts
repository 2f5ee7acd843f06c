import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { canonicalEvent } from '../../shared/core/event/canonical.ts';
import { asModule, buildTracker } from '../../tracker/build.mjs';
import { trackerScript } from '../../tracker/dist/script.ts';
import { FakeBrowser } from './fake-browser.ts';

const committed = (name: string) =>
  readFileSync(new URL(`../../tracker/dist/${name}`, import.meta.url), 'utf8');

function open(url = 'https://shop.example/a', options: ConstructorParameters<typeof FakeBrowser>[1] = {}) {
  const page = new FakeBrowser(url, options);
  page.load(trackerScript);
  return page;
}

const events = (page: FakeBrowser) => page.sent.flatMap((beacon) => beacon.events);
const kinds = (page: FakeBrowser) => events(page).map((event) => event.type);

test('the committed script is what its source builds to, and fits 2 KB gzipped', async () => {
  const built = await buildTracker();
  expect(committed('retcon.js')).toBe(built);
  expect(committed('script.ts')).toBe(asModule(built));
  expect(gzipSync(built).length).toBeLessThanOrEqual(2048);
});

test('a page view is sent, and the collector takes it', async () => {
  const page = open('https://shop.example/a?utm_source=x#part');
  await page.pass(499);
  expect(page.sent).toEqual([]);
  await page.pass(1);
  expect(page.sent).toEqual([
    {
      how: 'fetch',
      url: 'https://collect.example/v1/events',
      site: 'shop',
      key: 'k1',
      sent_at: 1_000_500,
      events: [
        {
          id: expect.stringMatching(/^[0-9a-f]{32}$/),
          time: 1_000_000,
          seq: 1,
          url: 'https://shop.example/a?utm_source=x',
          type: 'page_view',
          referrer: 'https://search.example/',
          title: 'Page',
        },
      ],
    },
  ]);
  const result = canonicalEvent(events(page)[0], {
    site: { site: 'shop', privacy: { address: 'drop', cookieless: false } },
    receivedAt: 1_000_600,
    sentAt: 1_000_500,
    visitor: 'v',
    bodyVisitorAllowed: false,
    userAgent: null,
    address: null,
    country: null,
    mintId: () => 'minted',
  });
  expect(result).toMatchObject({
    ok: { event_type: 'page_view', utm_source: 'x', seq: 1, properties: '{}' },
  });
});

test('without a site it does nothing; twice in a page it works once', async () => {
  const page = open('https://shop.example/a', { data: {} });
  await page.pass(10_000);
  expect(page.sent).toEqual([]);
  const twice = open();
  twice.load(trackerScript);
  await twice.pass(10_000);
  expect(events(twice)).toHaveLength(1);
});

describe('single-page navigation', () => {
  test('pushState, replaceState and popstate are page views with the page before as referrer', async () => {
    const page = open();
    await page.pass(1_000);
    page.history.pushState({}, '', '/b');
    page.document.title = 'B';
    await page.pass(1_000);
    page.history.replaceState({}, '', '/c');
    await page.pass(1_000);
    page.location.href = 'https://shop.example/a';
    page.fire('popstate');
    await page.pass(1_000);
    const views = events(page).filter((event) => event.type === 'page_view');
    expect(views.map(({ url, referrer, title }) => [url, referrer, title])).toEqual([
      ['https://shop.example/a', 'https://search.example/', 'Page'],
      ['https://shop.example/b', 'https://shop.example/a', 'B'],
      ['https://shop.example/c', 'https://shop.example/b', 'B'],
      ['https://shop.example/a', 'https://shop.example/c', 'B'],
    ]);
  });

  test('the same address and places within a page are none; a fragment that routes is one', async () => {
    const page = open();
    page.history.replaceState({ saved: true }, '');
    page.history.pushState({}, '', '#reviews');
    page.history.pushState({}, '', '#/cart');
    page.fire('popstate');
    await page.pass(1_000);
    const views = events(page).filter((event) => event.type === 'page_view');
    expect(views.map((event) => event.url)).toEqual([
      'https://shop.example/a',
      'https://shop.example/a#/cart',
    ]);
  });
});

describe('commands', () => {
  test('events with value and properties, and who the user is', async () => {
    const page = open();
    page.retcon('event', 'purchase', { value: 12.5, properties: { sku: 'A' } });
    page.retcon('identify', 'user-1');
    await page.pass(1_000);
    expect(events(page).slice(1)).toEqual([
      expect.objectContaining({
        type: 'event',
        name: 'purchase',
        value: 12.5,
        properties: { sku: 'A' },
        seq: 2,
      }),
      expect.objectContaining({ type: 'identify', user: 'user-1', seq: 3 }),
    ]);
  });

  test('calls made before the script came are made good', async () => {
    const page = new FakeBrowser('https://shop.example/a');
    page.window.retcon = Object.assign(() => {}, { q: [['event', 'early']] });
    page.load(trackerScript);
    await page.pass(1_000);
    expect(events(page).map((event) => event.name ?? event.type)).toEqual(['page_view', 'early']);
  });
});

test('events wait for company, at most 20 at a time', async () => {
  const page = open();
  for (let i = 1; i < 45; i++) page.retcon('event', `e${i}`);
  await page.pass(1_000);
  expect(page.sent.map((beacon) => beacon.events.length)).toEqual([20, 20, 5]);
  expect(events(page).map((event) => event.seq)).toEqual(Array.from({ length: 45 }, (_, i) => i + 1));
});

test('a beacon stays below 50 KB, unless one event alone is larger', async () => {
  const page = open();
  for (let i = 0; i < 6; i++) page.retcon('event', 'big', { properties: { text: 'x'.repeat(6_000) } });
  page.retcon('event', 'huge', { properties: { text: 'x'.repeat(20_000) } });
  await page.pass(1_000);
  expect(events(page)).toHaveLength(8);
  expect(page.sent.map((beacon) => beacon.events.length)).toEqual([3, 2, 2, 1]);
});

describe('hiding', () => {
  test('sends engaged time and all that waits by sendBeacon', async () => {
    const page = open();
    await page.pass(100);
    page.show('hidden');
    expect(page.sent).toHaveLength(1);
    expect(page.sent[0]).toMatchObject({
      how: 'beacon',
      url: 'https://collect.example/v1/events',
      site: 'shop',
    });
    expect(kinds(page)).toEqual(['page_view', 'engagement']);
    expect(events(page)[1]).toMatchObject({ value: 100, url: 'https://shop.example/a' });
    await page.pass(60_000);
    page.fire('pagehide');
    expect(page.sent).toHaveLength(1);
  });

  test('only visible time is engaged time', async () => {
    const page = open();
    await page.pass(2_000);
    page.show('hidden');
    await page.pass(50_000);
    page.show('visible');
    await page.pass(300);
    page.fire('pagehide');
    expect(events(page).flatMap((event) => (event.type === 'engagement' ? [event.value] : []))).toEqual([
      2_000, 300,
    ]);
  });

  test('engaged time of a page ends with its navigation', async () => {
    const page = open();
    await page.pass(700);
    page.history.pushState({}, '', '/b');
    await page.pass(40);
    page.fire('pagehide');
    const engaged = events(page).filter((event) => event.type === 'engagement');
    expect(engaged.map(({ url, value }) => [url, value])).toEqual([
      ['https://shop.example/a', 700],
      ['https://shop.example/b', 40],
    ]);
  });

  test('what is on its way is not sent twice', async () => {
    const page = open();
    let answered = (_: number) => {};
    page.answer = new Promise<number>((resolve) => {
      answered = resolve;
    });
    await page.pass(600);
    page.show('hidden');
    expect(page.sent.map((beacon) => [beacon.how, beacon.events.map((event) => event.type)])).toEqual([
      ['fetch', ['page_view']],
      ['beacon', ['engagement']],
    ]);
    answered(202);
    await page.pass(60_000);
    expect(page.sent).toHaveLength(2);
  });

  test('what the browser refuses to take waits in storage for the next page', async () => {
    const page = open();
    page.beaconTaken = false;
    page.show('hidden');
    const next = open('https://shop.example/next', { storage: page.storage });
    await next.pass(1_000);
    expect(page.sent).toEqual([]);
    expect(events(next).map((event) => event.url)).toEqual([
      'https://shop.example/a',
      'https://shop.example/next',
    ]);
    expect(next.storage.get('_rcq_shop')).toBe('[]');
  });

  test('a page that comes back from memory is seen again', async () => {
    const page = open();
    await page.pass(1_000);
    page.fire('pagehide');
    page.fire('pageshow', { persisted: true });
    page.fire('pageshow', { persisted: false });
    await page.pass(1_000);
    expect(kinds(page)).toEqual(['page_view', 'engagement', 'page_view']);
  });
});

describe('failure', () => {
  test.each([0, 429, 500, 503])(
    '%s is tried again, more and more slowly, with the same ids',
    async (status) => {
      const page = open();
      page.answer = status;
      await page.pass(600_000);
      const attempts = page.sent.length;
      expect(attempts).toBeGreaterThan(6);
      expect(attempts).toBeLessThan(40);
      page.answer = 202;
      await page.pass(100_000);
      const ids = new Set(events(page).map((event) => event.id));
      expect(ids.size).toBe(1);
      const settled = page.sent.length;
      await page.pass(600_000);
      expect(page.sent).toHaveLength(settled);
    },
  );

  test.each([400, 403, 413])('%s is final', async (status) => {
    const page = open();
    page.answer = status;
    await page.pass(600_000);
    expect(page.sent).toHaveLength(1);
    expect(page.storage.get('_rcq_shop')).toBe('[]');
  });

  test('back online: at once', async () => {
    const page = open();
    page.answer = 0;
    await page.pass(300_000);
    const attempts = page.sent.length;
    page.answer = 202;
    page.fire('online');
    await page.pass(0);
    expect(page.sent).toHaveLength(attempts + 1);
  });

  test('at most 200 events are kept, the newest', async () => {
    const page = open();
    page.answer = 0;
    for (let i = 0; i < 300; i++) page.retcon('event', `e${i}`);
    await page.pass(1);
    const kept = JSON.parse(page.storage.get('_rcq_shop')!);
    expect(kept).toHaveLength(200);
    expect(kept.at(-1).name).toBe('e299');
  });

  test('without storage, and with rubbish in it, it works', async () => {
    const page = new FakeBrowser('https://shop.example/a');
    page.storageWorks = false;
    page.load(trackerScript);
    await page.pass(1_000);
    expect(events(page).map((event) => event.seq)).toEqual([1]);
    const rubbish = new Map([
      ['_rcq_shop', '{"a'],
      ['_rcs_shop', 'x'],
    ]);
    const other = open('https://shop.example/a', { storage: rubbish });
    await other.pass(1_000);
    expect(events(other).map((event) => event.seq)).toEqual([1]);
  });
});

test('the sequence number goes on from page to page', async () => {
  const page = open();
  page.retcon('event', 'x');
  await page.pass(1_000);
  const next = open('https://shop.example/b', { storage: page.storage });
  await next.pass(1_000);
  expect(events(next).map((event) => event.seq)).toEqual([3]);
});

test('a page that is rendered ahead counts when it is shown', async () => {
  const page = new FakeBrowser('https://shop.example/a');
  page.document.prerendering = true;
  page.load(trackerScript);
  await page.pass(10_000);
  expect(page.sent).toEqual([]);
  page.document.prerendering = false;
  page.fire('prerenderingchange');
  await page.pass(1_000);
  expect(kinds(page)).toEqual(['page_view']);
});
