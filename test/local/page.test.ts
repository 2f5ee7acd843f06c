import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PageAnswer } from '../../local/page/answer.ts';
import type { Pulse } from '../../local/page/lake-view.ts';
import { createPage } from '../../local/page/page.ts';
import { rejectedRecord } from '../../shared/core/event/rejected.ts';
import { writeBatch } from '../../shared/lake/landing-batch.ts';
import { openTestLake, type TestLake } from '../lake/open.ts';
import { pageView } from '../lake/page-view.ts';

const NOON = Date.parse('2026-03-10T12:00:00Z');
const DAY = 86_400_000;
const SECOND = 1000;
let now = NOON;
let test: TestLake;
let page: ReturnType<typeof createPage>;

beforeAll(async () => {
  test = await openTestLake('site: shop\ntime_zone: UTC\nhosts: [shop.example]\n', '', {
    clock: { now: () => now },
  });
  page = createPage(test.lake, { anyHost: false });
});
afterAll(() => test.close());

function ask(
  target: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<PageAnswer> | null {
  const all: Record<string, string> = { host: '127.0.0.1:8787', ...headers };
  return page({ method, target, header: (name) => all[name] });
}

/** An answer of the page; it looks at the lake at most once a second. */
async function json<T>(target: string): Promise<T> {
  await new Promise((go) => setTimeout(go, 1.1 * SECOND));
  const answer = (await ask(target))!;
  expect(answer.status).toBe(200);
  return JSON.parse(answer.body.toString()) as T;
}

it('leaves to the collector what is the collector’s', () => {
  expect(['/v1/events', '/v1/retcon.js', '/healthz', '//', '/uix', '/ui'].map((path) => ask(path))).toEqual(
    Array(6).fill(null),
  );
});

it('tells what moved since, and only that', async () => {
  const empty = await json<Pulse>('/ui/pulse');
  expect(empty.names).toEqual(['shop']);
  expect(empty.sites[0]).toMatchObject({ units: 0, facts: 0, states: '', first: null });

  // Two facts on one day, none on the next, one on the third.
  const at = [NOON, NOON + SECOND, NOON + 2 * DAY];
  await test.land(at.map((time, i) => pageView('shop', `e${i}`, 'v', time, '/')));
  now = NOON + 2 * DAY;
  await test.drain();
  const query = `?since=${empty.version}&boot=${empty.boot}`;
  const full = await json<Pulse>(`/ui/pulse${query}`);
  expect(full.sites[0]).toMatchObject({
    first: '2026-03-10',
    last: '2026-03-12',
    facts: 3,
    sessions: 2,
    states: 't.o',
    levels: '505',
    stale: 0,
  });
  expect((await json<Pulse>(`/ui/pulse?since=${full.version}&boot=${full.boot}`)).sites).toEqual([]);
  // Another process knows nothing of these versions: everything is told again.
  expect((await json<Pulse>(`/ui/pulse?since=${full.version}&boot=other`)).sites).toHaveLength(1);

  // Time alone ends a phase: the first day's two days of lateness began with its arrival.
  now = NOON + 5 * DAY;
  const later = await json<Pulse>(`/ui/pulse?since=${full.version}&boot=${full.boot}`);
  expect(later.sites[0]).toMatchObject({ states: 's.s' });
});

it('gives the numbers of a site and the details of a day', async () => {
  expect(await json('/ui/sites/shop')).toMatchObject({
    first: '2026-03-10',
    facts: [2, 0, 1],
    sessions: [1, 0, 1],
    stale: {},
  });
  expect(await json('/ui/sites/shop/days/2026-03-10')).toMatchObject({
    unit: '2026-03-10',
    from: Date.parse('2026-03-10T00:00:00Z'),
    to: Date.parse('2026-03-11T00:00:00Z'),
    phase: 'settled',
    facts: { rows: 2, from: NOON, to: NOON + SECOND },
    landing: { count: 1 },
  });
  for (const path of [
    'sites/shop/days/2026-03-11',
    'sites/shop/days/constructor',
    'sites/nope',
    'sites/shop/days/2026-03-10/x',
    '../package.json',
    'client',
    'tsconfig.json',
    '',
  ]) {
    expect((await ask(`/ui/${path}`))!.status, path).toBe(404);
  }
});

it('counts refused events by reason, the newest as examples, each object once', async () => {
  const { objects } = test.lake;
  const refuse = (digest: string, reasons: string[], received_at: number) =>
    writeBatch(objects, {
      now: received_at,
      digest: digest.repeat(16),
      records: [],
      unitOf: () => '',
      rejected: reasons.map((reason, i) =>
        rejectedRecord({
          received_at: received_at + i,
          site: 'shop',
          reason,
          detail: `${digest}${i}`,
          source: 'x',
          body: '',
        }),
      ),
    });
  await refuse('0', ['bad_time'], now - 40 * DAY);
  await refuse('a', ['bad_time', ...Array(6).fill('too_long')], now - DAY);
  await refuse('b', ['bad_time'], now);
  type Summary = {
    total: number;
    unread: number;
    reasons: { reason: string; count: number; examples: { detail: string }[] }[];
  };
  const summary = await json<Summary>('/ui/rejected');
  expect([summary.total, summary.unread]).toEqual([8, 0]);
  expect(summary.reasons.map(({ reason, count }) => [reason, count])).toEqual([
    ['too_long', 6],
    ['bad_time', 2],
  ]);
  expect(summary.reasons.map(({ examples }) => examples.map(({ detail }) => detail))).toEqual([
    ['a6', 'a5', 'a4', 'a3', 'a2'],
    ['b0', 'a0'],
  ]);
  await refuse('c', ['bad_time'], now);
  expect((await json<Summary>('/ui/rejected')).total).toBe(9);
});

it('answers 304 to whoever has it, and only to reading', async () => {
  const first = (await ask('/ui/main.js'))!;
  expect([first.status, first.headers['content-type']]).toEqual([200, 'text/javascript; charset=utf-8']);
  const again = (await ask('/ui/main.js', { 'if-none-match': first.headers['etag']! }))!;
  expect([again.status, again.body]).toEqual([304, '']);
  expect((await ask('/ui/main.js', {}, 'HEAD'))!.body).toBe('');
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    expect((await ask('/', {}, method))!.status, method).toBe(405);
  }
});

it('lets nothing in and nobody frame or read it', async () => {
  const { headers } = (await ask('/'))!;
  expect(headers).toMatchObject({
    'content-security-policy': expect.stringMatching(
      /^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:;.*frame-ancestors 'none'$/,
    ),
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  });
  expect(Object.keys(headers)).not.toContain('set-cookie');
  expect(Object.keys(headers)).not.toContain('access-control-allow-origin');
});

it.each(['127.0.0.1', '127.0.0.1:8787', 'localhost:8787', '[::1]:8787', '192.168.1.7:80'])(
  'answers to %s',
  async (host) => expect((await ask('/', { host }))!.status).toBe(200),
);

it.each(['evil.example', 'evil.example:8787', '127.0.0.1.evil.example', 'localhost.evil.example', ''])(
  'does not answer to "%s", a name that somebody may have pointed here',
  async (host) => {
    expect((await ask('/', { host }))!.status).toBe(403);
    expect((await ask('/ui/rejected', { host }))!.status).toBe(403);
  },
);

it('puts data into the page that can’t end the element they stand in', async () => {
  const body = (await ask('/'))!.body.toString();
  const [, data] = /<script type="application\/json" id="data">([^<]*)<\/script>/.exec(body)!;
  expect((JSON.parse(data!) as Pulse).names).toEqual(['shop']);
});
