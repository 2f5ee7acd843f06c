import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseDefinition } from '../../shared/core/definition/parse.ts';
import { candidateOf } from '../../shared/lake/candidate.ts';
import { storeDefinition } from '../../shared/lake/definitions.ts';
import { storeMarts } from '../../shared/lake/marts.ts';
import { liveRelease, putRelease } from '../../shared/lake/releases.ts';
import { openTestLake, type TestLake } from './open.ts';
import { pageView } from './page-view.ts';

/** Conversions by hand: what a touch is, over edges and windows; what an edit or late data computes again. */

const RULES = `
  - { name: purchase, when: { field: event_name, is: purchase } }
  - { name: sign-up, when: { field: event_name, is: sign_up }, value: 3, window: 5d }
  - { name: amount, when: { field: properties.amount, exists: true }, value: properties.amount, window: 1s }
  - { name: opened, when: { field: event_type, is: mail_open }, value: 0.5 }
`;
const definition = (rules: string): string => `sessions: { on_campaign: utm }\nconversions: ${rules}`;
const MART = readFileSync(new URL('../../marts/mart_conversions.sql', import.meta.url), 'utf8');

const at = (text: string): number => Date.parse(`2026-03-${text}Z`);
const view = (id: string, time: number, path = '/', more: Record<string, unknown> = {}) =>
  pageView('shop', id, id.slice(0, 1), time, path, more);
const event = (id: string, time: number, name: string, more: Record<string, unknown> = {}) =>
  view(id, time, '/', { type: 'event', name, ...more });

const HISTORY = [
  // a: an ad, then twice by itself
  view('a1', at('01T10:00'), '/?utm_source=google&utm_medium=cpc'),
  view('a2', at('10T10:00')),
  view('a3', at('20T09:00')),
  event('a4', at('20T09:10'), 'purchase', { value: 12.5 }),
  // b: over midnight, from another site; the second one converts twice at once
  view('b1', at('20T23:50'), '/', { referrer: 'https://news.example/' }),
  event('b2', at('21T00:05'), 'purchase', { value: 1.1, properties: { amount: '7.25' } }),
  event('b3', at('21T00:06'), 'purchase', { value: 2.2 }),
  // c: exactly within the window of sign-up, d: one ms too early
  view('c1', at('15T12:00'), '/?utm_source=a&utm_medium=email'),
  event('c2', at('20T12:00'), 'sign_up'),
  view('d1', at('15T11:59:59.999'), '/?utm_source=a&utm_medium=email'),
  event('d2', at('20T12:00'), 'sign_up'),
  // e: a mail is no session; it looks back at those before it
  view('e1', at('18T08:00'), '/?utm_source=a&utm_medium=email'),
  view('e2', at('19T08:00'), '/', { type: 'mail_open' }),
  view('f1', at('19T08:00'), '/', { type: 'mail_open', properties: { amount: 'much' } }),
  // g: a session of two hours, and a window of a second that it is in all the same
  view('g1', at('20T10:00'), '/?utm_source=bing&utm_medium=cpc'),
  view('g2', at('20T10:20')),
  view('g3', at('20T10:40'), '/', { properties: { amount: 1e13 } }),
];

/** Visitors whose two sessions start in the same ms; the second one converts. */
const TWINS = [...'hijklm'];
const twins = TWINS.flatMap((visitor) => [
  view(`${visitor}1`, at('18T10:00'), '/?utm_source=x&utm_medium=email'),
  view(`${visitor}2`, at('18T10:00'), '/?utm_source=google&utm_medium=cpc'),
  event(`${visitor}3`, at('18T10:00'), 'purchase', { value: 1 }),
]);

let lake: TestLake;
let lines: string[] = [];
beforeAll(async () => {
  const log = {
    info: (message: string, about?: Record<string, unknown>) => {
      if (message === 'recomputed') lines.push(`${about!['dataset']} ${about!['unit']}`);
    },
    warn: () => {},
    error: (message: string, about?: object) => {
      throw new Error(`${message} ${JSON.stringify(about)}`);
    },
  };
  const site = 'site: shop\ntime_zone: UTC\nhosts: [shop.example]\n';
  lake = await openTestLake(site, definition(RULES), { log }, { mart_conversions: MART });
  await lake.land([...HISTORY, ...twins]);
  await lake.drain();
});
afterAll(() => lake.close());

const conversions = () =>
  lake.rows(
    `SELECT event_id, conversion_name, value, channel, first_channel, last_channel, last_non_direct_channel, touches, dt
     FROM conversions WHERE visitor_id < 'h' ORDER BY event_id, conversion_name`,
  );

const EXPECTED = [
  ['a4', 'purchase', '12.5', 'Direct', 'Paid Search', 'Direct', 'Paid Search', '3', '2026-03-20'],
  ['b2', 'amount', '7.25', 'Referral', 'Referral', 'Referral', 'Referral', '1', '2026-03-21'],
  ['b2', 'purchase', '1.1', 'Referral', 'Referral', 'Referral', 'Referral', '1', '2026-03-21'],
  ['b3', 'purchase', '2.2', 'Referral', 'Referral', 'Referral', 'Referral', '1', '2026-03-21'],
  ['c2', 'sign-up', '3.0', 'Direct', 'Email', 'Direct', 'Email', '2', '2026-03-20'],
  ['d2', 'sign-up', '3.0', 'Direct', 'Direct', 'Direct', 'Direct', '1', '2026-03-20'],
  ['e2', 'opened', '0.5', null, 'Email', 'Email', 'Email', '1', '2026-03-19'],
  ['f1', 'amount', null, null, null, null, null, '0', '2026-03-19'],
  ['f1', 'opened', '0.5', null, null, null, null, '0', '2026-03-19'],
  ['g3', 'amount', null, 'Paid Search', 'Paid Search', 'Paid Search', 'Paid Search', '1', '2026-03-20'],
];

it('a conversion has its session, and the touches within its window', async () => {
  expect(await conversions()).toEqual(EXPECTED);
});

it('sessions that start in the same ms are touches in their order', async () => {
  const found = await lake.rows(
    "SELECT first_channel, last_channel, touches FROM conversions WHERE visitor_id >= 'h' ORDER BY visitor_id",
  );
  expect(found).toEqual(TWINS.map(() => ['Email', 'Paid Search', '2']));
});

it('sessions count what converts in them, also behind the edge of their day', async () => {
  const counted = await lake.rows(
    `SELECT visitor_id, dt, conversion_count, conversion_value FROM sessions
     WHERE conversion_count > 0 AND visitor_id < 'h' ORDER BY visitor_id`,
  );
  expect(counted).toEqual([
    ['a', '2026-03-20', '1', '12.5'],
    ['b', '2026-03-20', '3', '10.55'],
    ['c', '2026-03-20', '1', '3.0'],
    ['d', '2026-03-20', '1', '3.0'],
    ['g', '2026-03-20', '1', '0.0'],
  ]);
});

it('the mart credits each model with every conversion', async () => {
  const found = await lake.rows(
    `SELECT model, channel, credit, value FROM mart_conversions
     WHERE dt = '2026-03-20' AND conversion_name IN ('purchase', 'sign-up') ORDER BY conversion_name, model, channel`,
  );
  expect(found).toEqual([
    ['first', 'Paid Search', '1.0', '12.5'],
    ['last', 'Direct', '1.0', '12.5'],
    ['last_non_direct', 'Paid Search', '1.0', '12.5'],
    ['first', 'Direct', '1.0', '3.0'],
    ['first', 'Email', '1.0', '3.0'],
    ['last', 'Direct', '2.0', '6.0'],
    ['last_non_direct', 'Direct', '1.0', '3.0'],
    ['last_non_direct', 'Email', '1.0', '3.0'],
  ]);
});

/** Datasets of which something was computed since the last call, with how many units. */
function computed(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of lines) {
    const dataset = line.split(' ')[0]!;
    counts[dataset] = (counts[dataset] ?? 0) + 1;
  }
  lines = [];
  return counts;
}

it('a session of 25 days ago that arrives late is the first touch; nothing else of the day moves', async () => {
  computed();
  await lake.land([view('a0', Date.parse('2026-02-23T12:00Z'), '/?utm_source=x&utm_medium=email')]);
  await lake.drain();
  const [first] = await conversions();
  expect(first).toEqual([
    'a4',
    'purchase',
    '12.5',
    'Direct',
    'Email',
    'Direct',
    'Paid Search',
    '4',
    '2026-03-20',
  ]);
  const days = lines.filter((line) => line.startsWith('sessions ') || line.startsWith('boundaries '));
  expect(days.sort()).toEqual(['boundaries 2026-02-23', 'sessions 2026-02-23']);
});

it('an edit of conversions computes no boundary and no event', async () => {
  computed();
  const now = parseDefinition(definition(RULES.replace('value: 3, window: 5d', 'value: 4, window: 2d')), 'x');
  const before = (await liveRelease(lake.lake.objects))!;
  const marts = await storeMarts(lake.lake.objects, { mart_conversions: MART });
  await storeDefinition(lake.lake.objects, now);
  const next = { ...before, ...candidateOf(now, marts, before.sites), release: before.release + 1 };
  await putRelease(lake.lake.objects, next);
  await lake.lake.bus.announce([{ type: 'Release Published', detail: { release: next.release } }]);
  await lake.drain();
  const counts = computed();
  // One day's sessions have another value, and so a new narrow copy, which is the same as before.
  expect(counts).toMatchObject({ hits: 8, sessions: 8, touches: 1, conversions: 1 });
  for (const dataset of ['boundaries', 'stitches', 'crossings', 'events']) {
    expect(counts[dataset]).toBeUndefined();
  }
  const found = (await conversions()).filter(([, name]) => name === 'sign-up');
  expect(found.map((row) => row.slice(0, 8))).toEqual([
    ['c2', 'sign-up', '4.0', 'Direct', 'Direct', 'Direct', 'Direct', '1'],
    ['d2', 'sign-up', '4.0', 'Direct', 'Direct', 'Direct', 'Direct', '1'],
  ]);
});
